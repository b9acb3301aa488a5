package carafe.shim.child;

import carafe.shim.sys.FileCalls;
import carafe.shim.sys.FileStatus;
import carafe.shim.sys.SyscallException;

/** Descriptors 0 to 2 of a child, and the end of every other it inherited. */
final class StandardStreams {
    static final int FIRST_FREE = 3;
    private static final int READ_WRITE =
            FileCalls.O_RDWR | FileCalls.O_NOCTTY | FileCalls.O_CLOEXEC;

    private final FileCalls files;

    StandardStreams(FileCalls files) {
        this.files = files;
    }

    /** Puts the given descriptors at 0 to 2; the machine's null device where there is none. */
    void install(ChildIo io) throws SyscallException {
        boolean none = io.hasTerminal();
        int[] wanted = {none ? -1 : io.stdin(), none ? -1 : io.stdout(), none ? -1 : io.stderr()};
        int[] safe = new int[3];
        for (int i = 0; i < 3; i++) {
            // Out of the way of 0 to 2 first, or one could overwrite another.
            safe[i] = wanted[i] < 0 ? openNull() : files.duplicateFrom(wanted[i], FIRST_FREE);
        }
        for (int i = 0; i < 3; i++) {
            files.duplicateTo(safe[i], i, 0);
            files.close(safe[i]);
        }
    }

    private int openNull() throws SyscallException {
        int fd = files.open(FileCalls.AT_FDCWD, "/dev/null", READ_WRITE, 0);
        if (fd >= FIRST_FREE) {
            return fd;
        }
        int moved = files.duplicateFrom(fd, FIRST_FREE);
        files.close(fd);
        return moved;
    }

    /** Puts one terminal at 0 to 2. */
    void installTerminal(int slave) throws SyscallException {
        for (int i = 0; i < 3; i++) {
            files.duplicateTo(slave, i, 0);
        }
        files.close(slave);
    }

    /**
     * Gives pipes to the user, who may then open /dev/stdout by name. In a user namespace that is
     * done before entering it, since its root may not give away what is the machine's.
     */
    void give(int uid, int gid) throws SyscallException {
        for (int i = 0; i < 3; i++) {
            if ((files.status(i).mode() & FileStatus.TYPE) == FileStatus.FIFO) {
                files.chown(i, "", uid, gid, FileCalls.AT_EMPTY_PATH);
            }
        }
    }

    /** Replaces the machine's null device by the container's. */
    void useNullOf(InRoot root) throws SyscallException {
        for (int i = 0; i < 3; i++) {
            if (files.status(i).isCharacterDevice(1, 3)) {
                int inside = root.openNoLinks("dev/null", FileCalls.O_RDWR);
                if (files.status(inside).isCharacterDevice(1, 3)) {
                    files.duplicateTo(inside, i, 0);
                }
                files.close(inside);
            }
        }
    }

    /** Closes every descriptor from 3 on but those given; -1 among them is skipped. */
    void closeAllBut(int... kept) throws SyscallException {
        int from = FIRST_FREE;
        while (true) {
            int next = Integer.MAX_VALUE;
            for (int fd : kept) {
                if (fd >= from && fd < next) {
                    next = fd;
                }
            }
            if (next == Integer.MAX_VALUE) {
                files.closeRange(from, -1);
                return;
            }
            if (next > from) {
                files.closeRange(from, next - 1);
            }
            from = next + 1;
        }
    }
}
