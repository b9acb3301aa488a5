package carafe.linux.fs;

import carafe.linux.SyscallException;
import java.nio.file.Path;

/**
 * A directory that paths are resolved in and cannot leave: absolute links and ".." end at it, magic
 * links are refused. Owns its descriptor. Thread-safe.
 */
public final class RootDir implements AutoCloseable {
    private final FileCalls calls;
    private final Fd fd;

    private RootDir(FileCalls calls, Fd fd) {
        this.calls = calls;
        this.fd = fd;
    }

    /** Opens a host directory that the administrator or Carafe itself named. */
    public static RootDir open(FileCalls calls, Path hostDirectory) throws SyscallException {
        byte[] path = RawNames.of(hostDirectory.toAbsolutePath().toString());
        int fd = calls.openat2(FileCalls.HOST, path, OpenHow.HOST_DIRECTORY);
        return new RootDir(calls, new Fd(calls, fd));
    }

    /** The directory's descriptor, lent. */
    public int fd() {
        return fd.number();
    }

    /**
     * Opens something below the root.
     *
     * @param path relative or absolute; empty means the root itself
     * @param how must keep the path in the root
     */
    public Fd open(byte[] path, OpenHow how) throws SyscallException {
        if ((how.resolve() & OpenHow.RESOLVE_IN_ROOT) == 0) {
            throw new IllegalArgumentException("a root's paths are resolved in the root");
        }
        byte[] target = path.length == 0 ? new byte[] {'.'} : path;
        return new Fd(calls, calls.openat2(fd.number(), target, how));
    }

    /** A root one or more levels down, reached without following links. */
    public RootDir descend(byte[] path) throws SyscallException {
        return new RootDir(calls, open(path, OpenHow.DIRECTORY_NO_LINKS));
    }

    @Override
    public void close() {
        fd.close();
    }
}
