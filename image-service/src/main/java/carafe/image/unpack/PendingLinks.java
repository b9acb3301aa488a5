package carafe.image.unpack;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.OpenHow;
import carafe.linux.fs.RawNames;
import carafe.linux.fs.RootDir;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Hard links whose target is in a lower layer: until the layer is settled a marked file keeps their
 * place, so that later entries replace it as they would the link, and holds the target's path.
 */
final class PendingLinks {
    private final FileCalls calls;
    private final RootDir root;
    private final OverlayMarks marks;

    PendingLinks(FileCalls calls, RootDir root) {
        this.calls = calls;
        this.root = root;
        this.marks = new OverlayMarks(calls);
    }

    /**
     * What a hard link's target is.
     *
     * @param stat of this layer's own file; null when only a lower layer can have it
     * @param path where to look then
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Target(@Nullable FileStat stat, byte[] path) {}

    Target lookUp(byte[] target) throws SyscallException {
        byte[] name = EntryPath.name(target);
        byte[] parent = EntryPath.parent(target);
        byte[] directory = parent.length == 0 ? RawNames.of(".") : parent;
        try (Fd from = root.open(directory, OpenHow.DIRECTORY_IN_ROOT)) {
            FileStat found = calls.stat(from.number(), name);
            if (found.isWhiteout()) {
                return new Target(null, target);
            }
            if (found.isRegular() && marks.isPending(from.number(), name)) {
                return new Target(null, read(from.number(), name));
            }
            return new Target(found, target);
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return new Target(null, target);
            }
            throw e;
        }
    }

    /** Marks a new, empty file. */
    void write(int fd, byte[] target) throws SyscallException {
        calls.write(fd, ByteBuffer.allocateDirect(target.length).put(target).flip());
        marks.setPending(fd);
    }

    private byte[] read(int dirFd, byte[] name) throws SyscallException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(EntryPath.MAX_BYTES);
        try (Fd place = new Fd(calls, calls.openat2(dirFd, name, OpenHow.READ_NO_LINKS))) {
            while (buffer.hasRemaining() && calls.read(place.number(), buffer) > 0) {}
        }
        byte[] target = new byte[buffer.flip().remaining()];
        buffer.get(target);
        return target;
    }
}
