package carafe.runtime.host;

import carafe.base.CarafeException;
import carafe.linux.cgroup.Cgroup;
import carafe.linux.cgroup.CgroupDriver;
import carafe.linux.cgroup.CgroupLimits;
import carafe.linux.cgroup.CgroupPath;
import carafe.linux.cgroup.CgroupTree;
import carafe.linux.cgroup.Degradation;
import carafe.linux.cgroup.NamedHierarchies;
import carafe.runtime.port.Cgroups.LimitChange;
import carafe.runtime.port.Cgroups.PodCgroup;
import carafe.runtime.port.ProcessId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Pods' cgroups as directories that Carafe makes itself. Thread-safe. */
public final class FilePods implements PodCgroups {
    private static final Duration DELETE = Duration.ofSeconds(10);

    private final CgroupTree tree;
    private final CgroupDriver driver;
    private final CgroupPath ownParent;
    private final NamedHierarchies named;

    /**
     * @param ownParent where pods go whose request names no parent
     * @param named where another OCI runtime leaves cgroups of our pods
     */
    public FilePods(
            CgroupTree tree, CgroupDriver driver, CgroupPath ownParent, NamedHierarchies named) {
        this.tree = tree;
        this.driver = driver;
        this.ownParent = ownParent;
        this.named = named;
    }

    @Override
    public PodCgroup plan(String parent, String podId) {
        if (parent.isEmpty()) {
            return new PodCgroup(ownParent.child(podId).value(), true);
        }
        CgroupPath path = driver.pod(parent);
        return new PodCgroup(path.value(), !tree.exists(path));
    }

    @Override
    public List<Degradation> make(PodCgroup pod, ProcessId holder, CgroupLimits limits) {
        Cgroup cgroup = tree.create(CgroupPath.of(pod.path()));
        return pod.made() ? cgroup.apply(limits) : List.of();
    }

    @Override
    public LimitChange change(PodCgroup pod, CgroupLimits limits) {
        return pod.made() ? tree.at(CgroupPath.of(pod.path())).change(limits)::undo : () -> {};
    }

    @Override
    public void remove(PodCgroup pod) {
        if (pod.made()) {
            named.removeIfEmpty(CgroupPath.of(pod.path()));
            tree.at(CgroupPath.of(pod.path())).removeIfEmpty();
        }
    }

    @Override
    public Optional<String> problem() {
        CgroupPath probe = ownParent.child("carafe-probe");
        try {
            tree.create(probe).delete(DELETE);
            return Optional.empty();
        } catch (CarafeException e) {
            return Optional.of(
                    "cgroups cannot be used: %s; see carafe doctor".formatted(e.getMessage()));
        }
    }
}
