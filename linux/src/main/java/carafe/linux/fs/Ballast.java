package carafe.linux.fs;

import carafe.linux.SyscallException;
import java.nio.file.Path;

/**
 * A file that only takes up space, to be given up when the disk is full, so that removing images
 * and containers still works at 0 bytes free. Thread-safe through the caller's lock.
 */
public final class Ballast {
    private static final OpenHow OPEN =
            new OpenHow(
                    OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_NOFOLLOW,
                    0600,
                    OpenHow.RESOLVE_IN_ROOT
                            | OpenHow.RESOLVE_NO_MAGICLINKS
                            | OpenHow.RESOLVE_NO_SYMLINKS);

    private final FileCalls calls;
    private final Path directory;
    private final byte[] name;
    private final long bytes;

    /**
     * @param directory an existing directory on the disk in question
     * @param name the file's name in it
     * @param bytes how much to hold back; 8 MiB is enough for a removal
     */
    public Ballast(FileCalls calls, Path directory, String name, long bytes) {
        this.calls = calls;
        this.directory = directory;
        this.name = RawNames.of(name);
        this.bytes = bytes;
    }

    /** Takes the space, or what is missing of it. */
    public void reserve() throws SyscallException {
        try (RootDir root = RootDir.open(calls, directory);
                Fd file = root.open(name, OPEN)) {
            calls.fallocate(file.number(), bytes);
        }
    }

    /** Gives the space back; nothing happens when there is none. */
    public void release() throws SyscallException {
        try (RootDir root = RootDir.open(calls, directory)) {
            new TreeDelete(calls).delete(root.fd(), name);
        }
    }
}
