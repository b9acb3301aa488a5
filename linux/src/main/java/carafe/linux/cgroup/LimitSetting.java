package carafe.linux.cgroup;

import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Sets limits of one cgroup, controller by controller, wherever each of them lives. */
final class LimitSetting {
    private final CgroupTree tree;
    private final CgroupPath path;
    private final LimitSink sink;
    private final List<Degradation> degradations;

    /**
     * @param sink takes every write
     * @param degradations is added to
     */
    LimitSetting(CgroupTree tree, CgroupPath path, LimitSink sink, List<Degradation> degradations) {
        this.tree = tree;
        this.path = path;
        this.sink = sink;
        this.degradations = degradations;
    }

    void apply(CgroupLimits limits) {
        if (!limits.cpuset().equals(CpusetLimits.NONE)) {
            with(Controller.CPUSET, limits.cpuset())
                    .ifPresent(out -> CpusetController.apply(out, limits.cpuset()));
        }
        if (!limits.cpu().equals(CpuLimits.NONE)) {
            with(Controller.CPU, limits.cpu())
                    .ifPresent(out -> CpuController.apply(out, limits.cpu()));
        }
        if (!limits.memory().equals(MemoryLimits.NONE)) {
            MemoryController.apply(memoryWriter(), limits.memory());
        }
        if (limits.pids() != 0) {
            with(Controller.PIDS, limits.pids())
                    .ifPresent(out -> PidsController.apply(out, limits.pids()));
        }
        if (limits.blkioWeight() != 0) {
            with(Controller.BLKIO, limits.blkioWeight())
                    .ifPresent(out -> BlkioController.apply(out, limits.blkioWeight()));
        }
        applyHugetlb(limits.hugetlb());
        applyDevices(limits.devices());
        applyUnified(limits.unified());
    }

    private Optional<LimitWriter> with(Controller controller, Object value) {
        Optional<CgroupTree.ControllerDirectory> where = tree.directory(controller, path);
        if (where.isEmpty()) {
            degradations.add(
                    new Degradation(
                            controller.kernelName(),
                            value.toString(),
                            "this machine has no such cgroup controller"));
        }
        return where.map(this::writer);
    }

    private LimitWriter memoryWriter() {
        return tree.directory(Controller.MEMORY, path)
                .map(this::writer)
                .orElseThrow(() ->
                        new CarafeException.Precondition(
                                "a memory limit is asked for, but this kernel runs without"
                                        + " a memory controller (cgroup_disable=memory?);"
                                        + " see carafe doctor"));
    }

    private void applyHugetlb(List<HugetlbLimit> limits) {
        // kubelet sends a limit of 0 for every page size, also where there are no huge pages.
        boolean asked = limits.stream().anyMatch(limit -> limit.limitBytes() > 0);
        if (limits.isEmpty() || (!asked && !hugetlbUsable())) {
            return;
        }
        with(Controller.HUGETLB, limits).ifPresent(out -> HugetlbController.apply(out, limits));
    }

    private boolean hugetlbUsable() {
        return tree.directory(Controller.HUGETLB, path)
                .filter(d ->
                        d.version() == 1
                                || controllersOf(d.directory()).contains(Controller.HUGETLB))
                .isPresent();
    }

    private Set<Controller> controllersOf(Path directory) {
        try {
            return CgroupLayout.controllers(
                    tree.files().read(directory.resolve("cgroup.controllers")));
        } catch (SyscallException e) {
            return Set.of();
        }
    }

    private void applyDevices(List<DeviceRule> rules) {
        if (rules.isEmpty()) {
            return;
        }
        Optional<CgroupTree.ControllerDirectory> v1 = tree.directory(Controller.DEVICES, path);
        if (v1.isPresent()) {
            LimitWriter out = writer(v1.get());
            DevicesController.apply(out, rules);
            return;
        }
        Path unified =
                tree.unified(path)
                        .orElseThrow(() ->
                                new CarafeException.Precondition(
                                        "devices cannot be limited: neither a devices"
                                                + " controller nor cgroup2 is mounted"));
        DeviceProgram.attach(rules, unified, degradations);
    }

    private void applyUnified(Map<String, String> values) {
        // In order of their names, so that a failure is the same one each time.
        new TreeMap<>(values)
                .forEach((name, value) -> {
                    UnifiedNames.check(name, value);
                    Optional<CgroupTree.ControllerDirectory> where =
                            UnifiedNames.find(tree, path, name);
                    writer(where.orElseThrow(() -> UnifiedNames.absent(tree, name)))
                            .exactly(name, value);
                });
    }

    private LimitWriter writer(CgroupTree.ControllerDirectory where) {
        return new LimitWriter(
                tree.files(), sink, where.directory(), where.version(), degradations);
    }
}
