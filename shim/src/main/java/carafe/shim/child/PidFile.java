package carafe.shim.child;

import carafe.shim.sys.FileCalls;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;

/** Where an OCI runtime says which process it has started; a file of the working directory. */
final class PidFile {
    private static final int MAX_DIGITS = 10;

    private final Syscalls sys;
    private final String name;

    PidFile(Syscalls sys) {
        this.sys = sys;
        this.name = ".runtime." + sys.processes().pid() + ".pid";
    }

    String name() {
        return name;
    }

    /**
     * The number in it.
     *
     * @throws RefusedException when it holds none
     */
    int read() throws SyscallException, RefusedException {
        int flags = FileCalls.O_RDONLY | FileCalls.O_NOFOLLOW | FileCalls.O_CLOEXEC;
        int fd = sys.files().open(FileCalls.AT_FDCWD, name, flags, 0);
        byte[] digits = new byte[MAX_DIGITS];
        int length = sys.files().read(fd, digits, 0, digits.length);
        sys.files().close(fd);
        long pid = 0;
        for (int i = 0; i < length && digits[i] >= '0' && digits[i] <= '9'; i++) {
            pid = pid * 10 + digits[i] - '0';
        }
        if (pid <= 1 || pid > Integer.MAX_VALUE) {
            throw new RefusedException("the runtime's pid file holds no process");
        }
        return (int) pid;
    }

    /** Ends the process that is named, a child of the caller, if there is one. */
    void kill() {
        try {
            sys.processes().signalChild(read(), ProcessCalls.SIGKILL);
        } catch (SyscallException | RefusedException e) {
            // None was started.
        }
    }

    void delete() {
        try {
            sys.files().unlink(FileCalls.AT_FDCWD, name, 0);
        } catch (SyscallException e) {
            // There is none, or it goes with the bundle.
        }
    }
}
