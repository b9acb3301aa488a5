package carafe.shim.child;

import carafe.shim.sys.FileCalls;
import carafe.shim.sys.FileStatus;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Utf8;

/**
 * The machine's procfs through one descriptor, opened before anything of the container is there and
 * checked to be procfs's root. Paths cannot leave it, by link or by mount.
 */
final class HostProc {
    private static final long PROC_SUPER_MAGIC = 0x9fa0;
    private static final int ROOT_INODE = 1;
    private static final int WITHIN =
            FileCalls.RESOLVE_BENEATH | FileCalls.RESOLVE_NO_XDEV | FileCalls.RESOLVE_NO_MAGICLINKS;

    private final FileCalls files;
    private final int fd;

    private HostProc(FileCalls files, int fd) {
        this.files = files;
        this.fd = fd;
    }

    static HostProc open(FileCalls files) throws SyscallException, RefusedException {
        int flags = FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
        int fd = files.open(FileCalls.AT_FDCWD, "/proc", flags, 0);
        FileStatus status = files.status(fd);
        if (files.fileSystemType(fd) != PROC_SUPER_MAGIC || status.inode() != ROOT_INODE) {
            files.close(fd);
            throw new RefusedException("/proc of this machine is not a procfs");
        }
        return new HostProc(files, fd);
    }

    /** Writes a value at once. */
    void write(String path, String value) throws SyscallException {
        int flags = FileCalls.O_WRONLY | FileCalls.O_CLOEXEC;
        int file = files.openResolved(fd, path, flags, WITHIN);
        byte[] bytes = Utf8.encode(value);
        int written = files.write(file, bytes, 0, bytes.length);
        files.close(file);
        if (written < 0) {
            throw new SyscallException("write", "/proc/" + path, -written);
        }
    }

    /** At most 4 KiB of a file. */
    String read(String path) throws SyscallException {
        int file = files.openResolved(fd, path, FileCalls.O_RDONLY | FileCalls.O_CLOEXEC, WITHIN);
        byte[] bytes = new byte[4096];
        int got = files.read(file, bytes, 0, bytes.length);
        files.close(file);
        if (got < 0) {
            throw new SyscallException("read", "/proc/" + path, -got);
        }
        return Utf8.decode(bytes, 0, got);
    }

    void close() {
        files.close(fd);
    }
}
