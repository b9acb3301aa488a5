package carafe.linux.cgroup;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
     * Sets the limits of a cgroup that is new; after a failure it is of no use.
     *
     * @return what this machine cannot limit
     * @throws CarafeException.Invalid a value the kernel refuses
     * @throws CarafeException.Precondition a memory limit below what is used, or without a memory
     *     controller; a file of version 2 that is not there
     * @throws CarafeException.NotFound the cgroup was removed
     */
    public List<Degradation> apply(CgroupLimits limits) {
        List<Degradation> degradations = new ArrayList<>();
        new LimitSetting(tree, path, LimitSink.direct(tree.files()), degradations).apply(limits);
        return List.copyOf(degradations);
    }

    /**
     * Changes the limits of a cgroup in use, all of them or, after a failure, none. Devices cannot
     * be changed.
     *
     * @throws CarafeException as {@link #apply}; what could not be taken back is suppressed in it
     */
    public LimitChange change(CgroupLimits limits) {
        if (!limits.devices().isEmpty()) {
            throw new IllegalArgumentException("devices are limited once, at creation");
        }
        LimitJournal journal = new LimitJournal(tree.files());
        List<Degradation> degradations = new ArrayList<>();
        LimitChange change = new LimitChange(path, journal, degradations);
        try {
            new LimitSetting(tree, path, journal, degradations).apply(limits);
            return new LimitChange(path, journal, degradations);
        } catch (RuntimeException e) {
            try {
                change.undo();
            } catch (CarafeException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    /**
     * What of these limits the kernel has now. A value that the kernel keeps rounded or converted
     * is told as asked for, as long as it is the kernel's; what cannot be read is told as asked
     * for.
     */
    public CgroupLimits current(CgroupLimits asked) {
        return new LimitReading(tree, path).read(asked);
    }

    /** How a child of the shim enters this cgroup. */
    public JoinTargets joinTargets() {
        List<Path> tasks =
                tree.v1Roots().stream()
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
