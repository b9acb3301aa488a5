package carafe.linux.cgroup;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * One cgroup, which may have ceased to exist. All methods are short except {@link #delete}.
 * Thread-safe; owns nothing.
 */
public final class Cgroup {
    private final CgroupTree tree;
    private final CgroupPath path;
    private final List<Path> directories;
    private final CgroupKill killer;

    Cgroup(CgroupTree tree, CgroupPath path, List<Path> directories) {
        this.tree = tree;
        this.path = path;
        this.directories = List.copyOf(directories);
        this.killer = new CgroupKill(tree, this);
    }

    public CgroupPath path() {
        return path;
    }

    /**
     * Sets the limits, at creation and later.
     *
     * @return what this machine cannot limit
     * @throws CarafeException.Invalid a value the kernel refuses
     * @throws CarafeException.Precondition a memory limit below what is used, or without a memory
     *     controller
     * @throws CarafeException.NotFound the cgroup was removed
     */
    public List<Degradation> apply(CgroupLimits limits) {
        List<Degradation> degradations = new ArrayList<>();
        if (!limits.cpuset().equals(CpusetLimits.NONE)) {
            with(Controller.CPUSET, limits.cpuset(), degradations)
                    .ifPresent(out -> CpusetController.apply(out, limits.cpuset()));
        }
        if (!limits.cpu().equals(CpuLimits.NONE)) {
            with(Controller.CPU, limits.cpu(), degradations)
                    .ifPresent(out -> CpuController.apply(out, limits.cpu()));
        }
        if (!limits.memory().equals(MemoryLimits.NONE)) {
            MemoryController.apply(memoryWriter(degradations), limits.memory());
        }
        if (limits.pids() != 0) {
            with(Controller.PIDS, limits.pids(), degradations)
                    .ifPresent(out -> PidsController.apply(out, limits.pids()));
        }
        if (limits.blkioWeight() != 0) {
            with(Controller.BLKIO, limits.blkioWeight(), degradations)
                    .ifPresent(out -> BlkioController.apply(out, limits.blkioWeight()));
        }
        applyHugetlb(limits.hugetlb(), degradations);
        applyDevices(limits.devices(), degradations);
        applyUnified(limits.unified(), degradations);
        return List.copyOf(degradations);
    }

    private Optional<LimitWriter> with(
            Controller controller, Object value, List<Degradation> degradations) {
        Optional<CgroupTree.ControllerDirectory> where = tree.directory(controller, path);
        if (where.isEmpty()) {
            degradations.add(
                    new Degradation(
                            controller.kernelName(),
                            value.toString(),
                            "this machine has no such cgroup controller"));
        }
        return where.map(
                d -> new LimitWriter(tree.files(), d.directory(), d.version(), degradations));
    }

    private LimitWriter memoryWriter(List<Degradation> degradations) {
        return tree.directory(Controller.MEMORY, path)
                .map(d -> new LimitWriter(tree.files(), d.directory(), d.version(), degradations))
                .orElseThrow(() ->
                        new CarafeException.Precondition(
                                "a memory limit is asked for, but this kernel runs without"
                                        + " a memory controller (cgroup_disable=memory?);"
                                        + " see carafe doctor"));
    }

    private void applyHugetlb(List<HugetlbLimit> limits, List<Degradation> degradations) {
        // kubelet sends a limit of 0 for every page size, also where there are no huge pages.
        boolean asked = limits.stream().anyMatch(limit -> limit.limitBytes() > 0);
        if (limits.isEmpty() || (!asked && !hugetlbUsable())) {
            return;
        }
        with(Controller.HUGETLB, limits, degradations)
                .ifPresent(out -> HugetlbController.apply(out, limits));
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

    private void applyDevices(List<DeviceRule> rules, List<Degradation> degradations) {
        if (rules.isEmpty()) {
            return;
        }
        Optional<CgroupTree.ControllerDirectory> v1 = tree.directory(Controller.DEVICES, path);
        if (v1.isPresent()) {
            LimitWriter out = new LimitWriter(tree.files(), v1.get().directory(), 1, degradations);
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

    private void applyUnified(Map<String, String> values, List<Degradation> degradations) {
        if (values.isEmpty()) {
            return;
        }
        Optional<Path> unified = tree.unified(path);
        values.forEach((name, value) -> {
            // A file name of the kernel's, never a way out of the directory.
            if (!name.matches("[a-z0-9_]+(\\.[A-Za-z0-9_]+)+")) {
                throw new CarafeException.Invalid(
                        "\"" + name + "\" is not the name of a cgroup file");
            }
            if (unified.isEmpty()) {
                degradations.add(new Degradation(name, value, "no cgroup of version 2 here"));
            } else {
                new LimitWriter(tree.files(), unified.get(), 2, degradations).prefer(name, value);
            }
        });
    }

    /** How a child of the shim enters this cgroup. */
    public JoinTargets joinTargets() {
        List<Path> tasks =
                tree.layout().v1Roots().stream()
                        .map(root -> root.resolve(path.relative()).resolve("tasks"))
                        .toList();
        Optional<CgroupTree.ControllerDirectory> memory = tree.directory(Controller.MEMORY, path);
        return new JoinTargets(
                tasks,
                tree.unified(path),
                memory.map(CgroupTree.ControllerDirectory::directory),
                memory.map(CgroupTree.ControllerDirectory::version).orElse(0));
    }

    /** Moves a process and all its threads here; costs milliseconds, so never on a hot path. */
    void move(int pid) throws SyscallException {
        for (Path directory : directories) {
            tree.files().write(directory.resolve("cgroup.procs"), Integer.toString(pid));
        }
    }

    /** Processes in it and below it, zombies left out. */
    public Set<Integer> pids() {
        Set<Integer> pids = new TreeSet<>();
        for (Path directory : directories) {
            collectPids(directory, pids);
        }
        return pids;
    }

    private void collectPids(Path directory, Set<Integer> pids) {
        try {
            tree.files()
                    .read(directory.resolve("cgroup.procs"))
                    .lines()
                    .map(Integer::parseInt)
                    // 0 = a process that this PID namespace does not see.
                    .filter(pid -> pid > 1)
                    .forEach(pids::add);
            for (Path below : tree.files().directories(directory)) {
                collectPids(below, pids);
            }
        } catch (SyscallException e) {
            if (!CgroupLayout.isMissing(e)) {
                throw new CarafeException.Internal("list the processes of cgroup " + path, e);
            }
        }
    }

    /** How often the kernel killed for want of memory, here and below; empty when unknown. */
    public OptionalLong oomKills() {
        Optional<CgroupTree.ControllerDirectory> memory = tree.directory(Controller.MEMORY, path);
        if (memory.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(oomKills(memory.get().directory(), memory.get().version()));
        } catch (SyscallException e) {
            return OptionalLong.empty();
        }
    }

    private long oomKills(Path directory, int version) throws SyscallException {
        String name = version == 2 ? "memory.events" : "memory.oom_control";
        long own =
                tree.files()
                        .read(directory.resolve(name))
                        .lines()
                        .filter(line -> line.startsWith("oom_kill "))
                        .mapToLong(line -> Long.parseLong(line.substring(9).strip()))
                        .sum();
        if (version == 1) {
            // Version 1 counts where it happened, version 2 in every cgroup above too.
            for (Path below : tree.files().directories(directory)) {
                own += oomKills(below, version);
            }
        }
        return own;
    }

    /** Stops all processes in it, until {@link #thaw()}. */
    public void freeze() {
        killer.freeze();
    }

    /** Lets frozen processes go on, here and below. */
    public void thaw() {
        killer.thaw();
    }

    /**
     * Kills every process in it and below it, frozen ones too. Does not wait for their end.
     *
     * @throws CarafeException.Precondition when this process itself is in it
     */
    public void kill() {
        killer.kill();
    }

    /**
     * Kills what is left in it and removes it and all cgroups in it. Nothing happens when it is
     * gone.
     *
     * @param deadline how long dying processes are waited for
     * @throws CarafeException.Deadline naming what is still there
     */
    public void delete(Duration deadline) {
        new CgroupDelete(tree, this).run(deadline);
    }

    /**
     * Removes it if it holds neither processes nor cgroups.
     *
     * @return whether it is gone; false = something is in it
     * @throws CarafeException.Internal when it could not be removed for another reason
     */
    public boolean removeIfEmpty() {
        boolean gone = true;
        List<SyscallException> failures = new ArrayList<>();
        for (Path directory : directories) {
            try {
                tree.files().removeDirectory(directory);
            } catch (SyscallException e) {
                boolean missing = e.is(Errno.ENOENT);
                gone &= missing;
                if (!missing && !e.is(Errno.EBUSY)) {
                    failures.add(e);
                }
            }
        }
        if (!failures.isEmpty()) {
            SyscallException first = failures.getFirst();
            throw new CarafeException.Internal(
                    "remove cgroup %s: %s".formatted(path(), first.getMessage()), first);
        }
        return gone;
    }

    List<Path> directories() {
        return directories;
    }
}
