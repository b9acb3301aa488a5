package carafe.shim.control;

import carafe.shim.sys.Errno;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;

/** Init as an identity: what is signalled is this process and never a later one of its number. */
final class InitHandle {
    private final ProcessCalls processes;
    private final Cgroup cgroup;
    private int pidfd = -1;
    private long startTicks;
    private boolean killed;

    InitHandle(ProcessCalls processes, Cgroup cgroup) {
        this.processes = processes;
        this.cgroup = cgroup;
    }

    /** Takes hold of it; it is not reaped yet. */
    void open(int pid) throws SyscallException {
        startTicks = processes.startTicks(pid);
        pidfd = processes.openPidfd(pid);
    }

    /** -1 before there is one. */
    int pidfd() {
        return pidfd;
    }

    long startTicks() {
        return startTicks;
    }

    /** Whether SIGKILL was sent to it on request. */
    boolean isKilled() {
        return killed;
    }

    /** Signals it, or it and everything else in the container's cgroup. */
    Reply kill(Request.Kill kill) {
        return switch (kill.target()) {
            case INIT -> signal(kill.signal());
            case ALL -> {
                if (kill.signal() != ProcessCalls.SIGKILL) {
                    yield Failures.of("kill", Errno.EINVAL, "all get SIGKILL or nothing");
                }
                cgroup.killAll();
                yield signal(ProcessCalls.SIGKILL);
            }
        };
    }

    private Reply signal(int signal) {
        try {
            processes.signal(pidfd, signal);
            killed |= signal == ProcessCalls.SIGKILL;
            return new Reply.Done();
        } catch (SyscallException e) {
            return Failures.of("kill", e);
        }
    }
}
