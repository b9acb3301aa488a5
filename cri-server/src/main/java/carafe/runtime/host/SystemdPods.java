package carafe.runtime.host;

import carafe.base.CarafeException;
import carafe.linux.cgroup.CgroupLimits;
import carafe.linux.cgroup.CgroupPath;
import carafe.linux.cgroup.CgroupTree;
import carafe.linux.cgroup.Degradation;
import carafe.linux.cgroup.PodScope;
import carafe.linux.systemd.ScopeName;
import carafe.linux.systemd.SliceName;
import carafe.linux.systemd.SystemdUnits;
import carafe.runtime.port.Cgroups.LimitChange;
import carafe.runtime.port.Cgroups.PodCgroup;
import carafe.runtime.port.ProcessId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One scope of systemd's per pod, in the kubelet's slice, handed over to Carafe: the cgroups of
 * containers in it are made without systemd, so no process is moved when a container starts.
 * Thread-safe.
 */
public final class SystemdPods implements PodCgroups {
    private static final Duration DELETE = Duration.ofSeconds(10);

    private final CgroupTree tree;
    private final SystemdUnits units;
    private final SliceName ownSlice;
    private final CgroupPath shims;

    /** No slice may be removed between being made and having something in it. */
    private final ReentrantLock slices = new ReentrantLock();

    /**
     * @param ownSlice where pods go whose request names no parent
     * @param shims the shims' cgroup, outside every pod's
     */
    public SystemdPods(CgroupTree tree, SystemdUnits units, SliceName ownSlice, CgroupPath shims) {
        this.tree = tree;
        this.units = units;
        this.ownSlice = ownSlice;
        this.shims = shims;
    }

    @Override
    public PodCgroup plan(String parent, String podId) {
        SliceName slice = parent.isEmpty() ? ownSlice : SliceName.of(parent);
        boolean made = parent.isEmpty() || !tree.exists(slice.path());
        ScopeName scope = new ScopeName("carafe-" + podId + ".scope");
        return new PodCgroup(slice.path().child(scope.value()).value(), made);
    }

    @Override
    public List<Degradation> make(PodCgroup pod, ProcessId holder, CgroupLimits limits) {
        CgroupPath path = CgroupPath.of(pod.path());
        ScopeName scope = scope(pod);
        SliceName slice = new SliceName(component(pod, 2));
        CgroupPath actual =
                units.start(
                        new SystemdUnits.ScopeRequest(
                                scope, slice, "Carafe pod " + scope, holder.pid()));
        if (!actual.equals(path)) {
            throw new CarafeException.Precondition(
                    ("systemd has put %s at %s and not at %s; Carafe must run beside the systemd"
                                    + " that manages the node's whole tree of cgroups")
                            .formatted(scope, actual, path));
        }
        slices.lock();
        try {
            PodScope.settle(tree, path, shims, holder.pid());
            tree.create(path);
        } finally {
            slices.unlock();
        }
        if (pod.made()) {
            units.limit(scope, limits);
        }
        return List.of();
    }

    @Override
    public LimitChange change(PodCgroup pod, CgroupLimits limits) {
        if (!pod.made()) {
            return () -> {};
        }
        CgroupLimits before = tree.at(CgroupPath.of(pod.path())).current(limits);
        units.limit(scope(pod), limits);
        return () -> units.limit(scope(pod), before);
    }

    @Override
    public void remove(PodCgroup pod) {
        units.stop(scope(pod));
        // systemd knows nothing of the hierarchies that it does not use.
        CgroupPath path = CgroupPath.of(pod.path());
        slices.lock();
        try {
            tree.at(path).delete(DELETE);
            if (pod.made()) {
                PodScope.removeEmptySlices(tree, new SliceName(component(pod, 2)).path());
            }
        } finally {
            slices.unlock();
        }
    }

    @Override
    public Optional<String> problem() {
        try {
            units.version();
            return Optional.empty();
        } catch (CarafeException e) {
            return Optional.of(
                    "systemd cannot make cgroups: %s; see carafe doctor".formatted(e.getMessage()));
        }
    }

    private static ScopeName scope(PodCgroup pod) {
        return new ScopeName(component(pod, 1));
    }

    /** Counted from the end, 1 = the last. */
    private static String component(PodCgroup pod, int fromEnd) {
        String[] all = pod.path().split("/", -1);
        return all.length < fromEnd ? "" : all[all.length - fromEnd];
    }
}
