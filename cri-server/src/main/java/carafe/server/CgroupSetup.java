package carafe.server;

import carafe.config.CarafeConfig;
import carafe.linux.SyscallException;
import carafe.linux.cgroup.CgroupDriver;
import carafe.linux.cgroup.CgroupPath;
import carafe.linux.cgroup.CgroupTree;
import carafe.linux.cgroup.NamedHierarchies;
import carafe.linux.cgroup.PodScope;
import carafe.linux.cgroup.ShimsCgroup;
import carafe.linux.systemd.ScopeName;
import carafe.linux.systemd.SliceName;
import carafe.linux.systemd.SystemdUnits;
import carafe.runtime.host.FilePods;
import carafe.runtime.host.HostCgroups;
import carafe.runtime.host.PodCgroups;
import carafe.runtime.host.SystemdPods;
import java.time.Duration;

/** Puts the cgroups together as the configuration says, and this process among the shims. */
final class CgroupSetup {
    private static final Duration SYSTEMD = Duration.ofSeconds(30);
    private static final SliceName SYSTEM = new SliceName("system.slice");

    private CgroupSetup() {}

    static HostCgroups open(CgroupTree tree, CarafeConfig.Cgroup config, Closer closer)
            throws SyscallException {
        NamedHierarchies named = NamedHierarchies.read();
        PodCgroups pods =
                switch (config.driver()) {
                    case CGROUPFS -> files(tree, config, named, closer);
                    case SYSTEMD -> systemd(tree, config, closer);
                };
        return new HostCgroups(tree, pods, named, config.pidsPerContainer());
    }

    private static PodCgroups files(
            CgroupTree tree, CarafeConfig.Cgroup config, NamedHierarchies named, Closer closer) {
        CgroupPath pods = CgroupPath.of(config.podsWithoutParent());
        closer.add(() -> named.removeIfEmpty(pods));
        closer.add(() -> tree.at(pods).removeIfEmpty());
        closer.add(ShimsCgroup.enter(tree, CgroupPath.of(config.shims())));
        return new FilePods(tree, CgroupDriver.cgroupfs(), pods, named);
    }

    /** The shims' scope outlives this process while there are shims; systemd ends it after them. */
    private static PodCgroups systemd(CgroupTree tree, CarafeConfig.Cgroup config, Closer closer) {
        SystemdUnits units = new SystemdUnits(config.systemdBus(), SYSTEMD, tree.layout().kind());
        int slash = config.shims().lastIndexOf('/');
        SliceName slice = slash > 0 ? SliceName.of(config.shims().substring(0, slash)) : SYSTEM;
        SystemdUnits.ScopeRequest shims =
                new SystemdUnits.ScopeRequest(
                        new ScopeName(config.shims().substring(slash + 1) + ".scope"),
                        slice,
                        "Carafe and its shims",
                        (int) ProcessHandle.current().pid());
        closer.add(() -> PodScope.removeEmptySlices(tree, slice.path()));
        ShimsCgroup entered = closer.add(ShimsCgroup.enter(tree, () -> units.join(shims)));
        return new SystemdPods(
                tree, units, SliceName.of(config.podsWithoutParent()), entered.cgroup().path());
    }
}
