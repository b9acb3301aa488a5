package carafe.shim.control;

import carafe.shim.child.Children;
import carafe.shim.record.OwnLog;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * Has another OCI runtime forget a container that has ended, or hooks run for one of the shim's
 * own. Nothing to do, and over at once, where there is neither.
 */
final class Removal {
    private static final long LIMIT_NANOS = 4_500_000_000L;

    private final Syscalls sys;
    private final Children children;
    private final boolean wanted;
    private int pid;
    private long deadlineNanos = Party.NEVER;
    private boolean over;

    private Removal(Syscalls sys, Children children, boolean wanted) {
        this.sys = sys;
        this.children = children;
        this.wanted = wanted;
        this.over = !wanted;
    }

    static Removal of(Syscalls sys, Children children, boolean wanted) {
        return new Removal(sys, children, wanted);
    }

    void begin() {
        if (!wanted || pid != 0) {
            return;
        }
        try {
            pid = children.startRemoval();
            deadlineNanos = sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC) + LIMIT_NANOS;
        } catch (SyscallException e) {
            new OwnLog(sys.files(), "control").say("runtime.delete: " + e.getMessage());
            over = true;
        }
    }

    /** Takes note of an ended child; whether it was the one that did it. */
    boolean reaped(int childPid) {
        if (childPid != pid) {
            return false;
        }
        over = true;
        deadlineNanos = Party.NEVER;
        return true;
    }

    /** Whether nothing is waited for: all is done, or has taken too long. */
    boolean isOver() {
        return over || sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC) >= deadlineNanos;
    }

    /** Monotonic time until which something goes on at most, 0 = nothing does. */
    long busyUntilNanos() {
        return isOver() || deadlineNanos == Party.NEVER ? 0 : deadlineNanos;
    }

    /** Monotonic time at which it is given up. */
    long deadlineNanos() {
        return deadlineNanos;
    }
}
