package carafe.linux;

import carafe.base.CarafeException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who a pid is, out of procfs. A process writes its own name into /proc/pid/stat, parentheses,
 * spaces and newlines included; only what follows the last parenthesis is believed. Thread-safe.
 */
public final class Processes {
    /** Field 22, counted from the state (field 3), which follows the name. */
    private static final int START_TICKS_AFTER_NAME = 22 - 3;

    private final Path procfs;

    /** The processes of the daemon's PID namespace. */
    public Processes() {
        this(Path.of("/proc"));
    }

    /**
     * @param procfs where a procfs is mounted
     */
    public Processes(Path procfs) {
        this.procfs = procfs;
    }

    /** This very process. */
    public PidIdentity self() {
        return identify((int) ProcessHandle.current().pid())
                .orElseThrow(() -> new CarafeException.Internal("no procfs at " + procfs));
    }

    /** The process that has this pid now; empty when there is none, or only its zombie. */
    public Optional<PidIdentity> identify(int pid) {
        if (pid <= 1) {
            return Optional.empty();
        }
        try {
            return parse(pid, KernelFiles.read(procfs.resolve(pid + "/stat")));
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ESRCH)) {
                return Optional.empty();
            }
            throw new CarafeException.Internal("read the state of process " + pid, e);
        }
    }

    /** Whether that very process still runs; a zombie does not. */
    public boolean alive(PidIdentity process) {
        return identify(process.pid()).filter(process::equals).isPresent();
    }

    static Optional<PidIdentity> parse(int pid, String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        if (fields.length <= START_TICKS_AFTER_NAME) {
            throw new CarafeException.Internal("/proc/" + pid + "/stat is not in its known form");
        }
        if (fields[0].equals("Z") || fields[0].equals("X")) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new PidIdentity(pid, Long.parseLong(fields[START_TICKS_AFTER_NAME])));
        } catch (NumberFormatException e) {
            throw new CarafeException.Internal(
                    "/proc/" + pid + "/stat is not in its known form", e);
        }
    }
}
