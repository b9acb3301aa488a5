package carafe.shim.control;

import carafe.shim.record.Facts;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/**
 * Finds the container's processes in its cgroup and kills them by pidfd. Refuses to kill from a
 * cgroup that holds the shim itself.
 */
final class Cgroup {
    /** A fork bomb may outrun one pass over the list, but not the kills of several. */
    private static final int PASSES = 32;

    private static final int READ_BYTES = 4096;
    private static final int EVERY_SESSION = 0;

    private final Syscalls sys;
    private final int unifiedFd;
    private final int birthFd;
    private final String processList;
    private final int self;

    /**
     * @param unifiedFd directory of the v2 cgroup, -1 = none; stays the caller's
     * @param processList cgroup.procs file, empty = none
     */
    Cgroup(Syscalls sys, int unifiedFd, String processList) {
        this(sys, unifiedFd, unifiedFd, processList);
    }

    private Cgroup(Syscalls sys, int unifiedFd, int birthFd, String processList) {
        this.sys = sys;
        this.unifiedFd = unifiedFd;
        this.birthFd = birthFd;
        this.processList = processList;
        this.self = sys.processes().pid();
    }

    /**
     * The container's.
     *
     * @param unifiedFd directory of the v2 cgroup, -1 = none; stays the caller's
     */
    static Cgroup of(Syscalls sys, int unifiedFd, Facts facts) {
        boolean charged = facts.memoryCgroup().equals(facts.unifiedCgroup());
        int birthFd = facts.hasProgram() && charged ? -1 : unifiedFd;
        return new Cgroup(sys, unifiedFd, birthFd, facts.processList());
    }

    /**
     * The v2 directory that children are born in, -1 = none. The program of another OCI runtime
     * must not be charged to the container's memory, so where that is v2's part it moves the
     * container's processes by itself.
     */
    int birthFd() {
        return birthFd;
    }

    /** Sends SIGKILL to every process of the container. */
    void killAll() {
        if (!killUnified()) {
            killListed(EVERY_SESSION);
        }
    }

    /** Sends SIGKILL to every process of the container that is in the session. */
    void killSession(int session) {
        if (session > 1) {
            killListed(session);
        }
    }

    /** One write kills the whole subtree, whatever it forks meanwhile (Linux 5.14). */
    private boolean killUnified() {
        if (unifiedFd < 0) {
            return false;
        }
        FileCalls files = sys.files();
        try {
            int flags = FileCalls.O_WRONLY | FileCalls.O_CLOEXEC;
            int fd = files.open(unifiedFd, "cgroup.kill", flags, 0);
            byte[] one = {'1'};
            int written = files.write(fd, one, 0, 1);
            files.close(fd);
            return written == 1;
        } catch (SyscallException e) {
            return false;
        }
    }

    private void killListed(int session) {
        if (processList.isEmpty()) {
            return;
        }
        Buffer buffer = sys.memory().allocate(READ_BYTES);
        try {
            for (int pass = 0; pass < PASSES; pass++) {
                if (killPass(session, buffer) == 0) {
                    return;
                }
            }
        } finally {
            buffer.free();
        }
    }

    /** Number of processes signalled. */
    private int killPass(int session, Buffer buffer) {
        int fd;
        try {
            int flags = FileCalls.O_RDONLY | FileCalls.O_CLOEXEC;
            fd = sys.files().open(FileCalls.AT_FDCWD, processList, flags, 0);
        } catch (SyscallException e) {
            return 0;
        }
        int killed = 0;
        int pid = 0;
        int n = sys.files().read(fd, buffer, 0, READ_BYTES);
        while (n > 0) {
            for (int i = 0; i < n; i++) {
                int digit = buffer.get(i) - '0';
                if (digit >= 0 && digit <= 9) {
                    pid = pid * 10 + digit;
                    continue;
                }
                if (pid == self) {
                    sys.files().close(fd);
                    return 0;
                }
                killed += pid > 1 && kill(pid, session) ? 1 : 0;
                pid = 0;
            }
            n = sys.files().read(fd, buffer, 0, READ_BYTES);
        }
        sys.files().close(fd);
        return killed;
    }

    /**
     * The session is asked for after the pidfd is there: should the number have passed to another
     * process in between, the signal still goes to the one that was listed.
     */
    private boolean kill(int pid, int session) {
        ProcessCalls processes = sys.processes();
        int pidfd = -1;
        try {
            pidfd = processes.openPidfd(pid);
            if (session != EVERY_SESSION && processes.session(pid) != session) {
                return false;
            }
            processes.signal(pidfd, ProcessCalls.SIGKILL);
            return true;
        } catch (SyscallException e) {
            return false;
        } finally {
            sys.files().close(pidfd);
        }
    }
}
