package carafe.shim.control;

import carafe.shim.child.Child;
import carafe.shim.child.ChildStatus;
import carafe.shim.child.StatusReader;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Reply;
import org.jspecify.annotations.Nullable;

/**
 * A process of the container on its way from the fork of its setup to its end. Knows which of the
 * two are reaped, so that a number which may be another's by now is never signalled.
 */
final class ChildProcess {
    private static final byte[] GO = {1};

    private final Syscalls sys;
    private final Child child;
    private final int setupSignal;
    private @Nullable StatusReader status;
    private int start;
    private int pid;
    private boolean setupReaped;
    private boolean reaped;

    /** What the process and its setup report. */
    interface Reports {
        /** The process exists. */
        void born();

        /** Setup waits for the hooks; only one that makes a container does. */
        default void waiting() {}

        /** Init waits for the start. */
        void ready();

        /** No more reports: the execve has happened, or everything died. */
        void closed();

        void failed(Reply.Failed reason);
    }

    /**
     * @param child its descriptors are owned from here on
     * @param setupSignal what ends the setup before it has born the process
     * @param buffer of {@link StatusReader}, only used within a call
     */
    ChildProcess(Syscalls sys, Child child, int setupSignal, Buffer buffer) {
        this.sys = sys;
        this.child = child;
        this.setupSignal = setupSignal;
        this.start = child.start();
        this.status = new StatusReader(sys.files(), child.status(), buffer);
    }

    /** Number of the process, 0 = not yet born. */
    int pid() {
        return pid;
    }

    boolean isReaped() {
        return reaped;
    }

    /** Descriptor on which reports come, -1 = no more. */
    int statusFd() {
        return status == null ? -1 : child.status();
    }

    /** Reads all there is: the reports come before the end that they explain. */
    void read(Reports reports) {
        while (status != null) {
            ChildStatus report = status.next();
            if (report == null) {
                return;
            }
            switch (report) {
                case ChildStatus.Born(int born) -> {
                    pid = born;
                    reports.born();
                }
                case ChildStatus.Waiting _ -> reports.waiting();
                case ChildStatus.Ready _ -> reports.ready();
                case ChildStatus.Closed _ -> {
                    closeStatus();
                    reports.closed();
                }
                case ChildStatus.Failed(String step, String path, int errno, String text) -> {
                    closeStatus();
                    reports.failed(new Reply.Failed(step, path, errno, text));
                }
            }
        }
    }

    int setupPid() {
        return child.setupPid();
    }

    /** Lets setup go on after the hooks; whether it can still hear that. */
    boolean proceed() {
        return sys.files().write(start, GO, 0, 1) == 1;
    }

    /** Lets init go on to its execve; whether it can still hear that. */
    boolean go() {
        int written = sys.files().write(start, GO, 0, 1);
        sys.files().close(start);
        start = -1;
        return written == 1;
    }

    /** Takes note of an ended child; whether it was the process itself. */
    boolean reaped(int childPid) {
        if (childPid == child.setupPid()) {
            setupReaped = true;
            return false;
        }
        if (childPid != pid || reaped) {
            return false;
        }
        reaped = true;
        return true;
    }

    /**
     * SIGKILL for what is not reaped yet; without a process it is the setup that must not go on.
     */
    void kill() {
        if (pid == 0) {
            signal(setupReaped ? 0 : child.setupPid(), setupSignal);
        } else {
            signal(reaped ? 0 : pid, ProcessCalls.SIGKILL);
        }
    }

    /** SIGKILL for its process group, and for whoever is in its session but not in its group. */
    void killSession(Cgroup cgroup) {
        kill();
        if (pid > 1 && !reaped) {
            try {
                sys.processes().signalGroup(pid, ProcessCalls.SIGKILL);
            } catch (SyscallException e) {
                // It has no group of its own yet, or has ended; the cgroup knows the rest.
            }
        }
        cgroup.killSession(pid);
    }

    /** Closes what is open. */
    void close() {
        closeStatus();
        sys.files().close(start);
        start = -1;
    }

    private void closeStatus() {
        if (status != null) {
            sys.files().close(child.status());
            status = null;
        }
    }

    private void signal(int target, int signal) {
        if (target > 1) {
            try {
                sys.processes().signalChild(target, signal);
            } catch (SyscallException e) {
                // Not yet reaped, so it is there; it may be ours no more after a change of user.
            }
        }
    }
}
