package carafe.runtime.host;

import carafe.linux.cgroup.Cgroup;
import carafe.linux.cgroup.CgroupDriver;
import carafe.linux.cgroup.CgroupPath;
import carafe.linux.cgroup.CgroupTree;
import carafe.linux.cgroup.Degradation;
import carafe.linux.cgroup.JoinTargets;
import carafe.linux.cgroup.NamedHierarchies;
import carafe.runtime.api.Resources;
import carafe.runtime.port.Cgroups;
import carafe.runtime.port.ProcessId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cgroups of pods and containers in every hierarchy of the machine. Thread-safe. */
public final class HostCgroups implements Cgroups {
    private static final Logger LOG = LoggerFactory.getLogger(HostCgroups.class);
    private static final Duration DELETE = Duration.ofSeconds(10);

    private final CgroupTree tree;
    private final PodCgroups pods;
    private final NamedHierarchies named;
    private final int pidsPerContainer;
    private final DeviceRules devices = new DeviceRules();
    private final LimitTranslator limits = new LimitTranslator();

    /**
     * Pods made without systemd, containers of any number of tasks.
     *
     * @param ownParent where pods go whose request names no parent
     */
    public HostCgroups(CgroupTree tree, CgroupDriver driver, CgroupPath ownParent) {
        this(
                tree,
                new FilePods(tree, driver, ownParent, NamedHierarchies.none()),
                NamedHierarchies.none(),
                0);
    }

    /**
     * @param named where another OCI runtime leaves a container's cgroup when its shim was killed,
     *     so that nobody told the runtime
     * @param pidsPerContainer most tasks of a container that says nothing of them, 0 = any number
     */
    public HostCgroups(
            CgroupTree tree, PodCgroups pods, NamedHierarchies named, int pidsPerContainer) {
        this.tree = tree;
        this.pods = pods;
        this.named = named;
        this.pidsPerContainer = pidsPerContainer;
    }

    @Override
    public PodCgroup planPod(String parent, String podId) {
        return pods.plan(parent, podId);
    }

    @Override
    public void makePod(PodCgroup pod, ProcessId holder, Resources wanted) {
        warn(pod.path(), pods.make(pod, holder, limits.translate(wanted)));
    }

    @Override
    public LimitChange changePod(PodCgroup pod, Resources wanted) {
        return pods.change(pod, limits.translate(wanted));
    }

    @Override
    public void removePod(PodCgroup pod) {
        pods.remove(pod);
    }

    @Override
    public String containerPath(PodCgroup pod, String containerId) {
        return CgroupPath.of(pod.path()).child(containerId).value();
    }

    @Override
    public ContainerCgroup create(String path, Limits wanted) {
        Cgroup cgroup = tree.create(CgroupPath.of(path));
        try {
            List<Degradation> degraded =
                    cgroup.apply(
                            limits.translate(wanted.resources())
                                    .withPids(pidsPerContainer)
                                    .withDevices(devices.of(wanted)));
            warn(path, degraded);
            JoinTargets join = cgroup.joinTargets();
            return new ContainerCgroup(
                    path,
                    join.tasks(),
                    join.unified().orElse(null),
                    join.memory().orElse(null),
                    Math.max(1, join.memoryVersion()));
        } catch (RuntimeException e) {
            try {
                cgroup.delete(DELETE);
            } catch (RuntimeException undo) {
                e.addSuppressed(undo);
            }
            throw e;
        }
    }

    @Override
    public LimitChange change(String path, Resources wanted) {
        carafe.linux.cgroup.LimitChange change =
                tree.at(CgroupPath.of(path)).change(limits.translate(wanted));
        warn(path, change.degradations());
        return change::undo;
    }

    @Override
    public Resources current(String path, Resources recorded) {
        return limits.back(
                tree.at(CgroupPath.of(path)).current(limits.translate(recorded)), recorded);
    }

    private static void warn(String path, List<Degradation> degraded) {
        for (Degradation each : degraded) {
            LOG.atWarn()
                    .addKeyValue("cgroup", path)
                    .addKeyValue("limit", each.what())
                    .addKeyValue("value", each.value())
                    .log("A limit cannot be set on this machine: {}", each.why());
        }
    }

    @Override
    public void kill(String path) {
        tree.at(CgroupPath.of(path)).kill();
    }

    @Override
    public void remove(String path) {
        tree.at(CgroupPath.of(path)).delete(DELETE);
        named.removeIfEmpty(CgroupPath.of(path));
    }

    @Override
    public Optional<String> problem() {
        return pods.problem();
    }
}
