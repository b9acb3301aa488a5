package carafe.image.unpack;

import carafe.image.snapshot.Metadata;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.RawNames;
import java.nio.charset.StandardCharsets;

/**
 * The marks that overlayfs reads in a lower directory, and one of our own: a removed name is a
 * character device 0:0, a directory that hides what is below it carries trusted.overlay.opaque. A
 * directory that an entry only implied carries our mark until it is settled, and a file with
 * another mark keeps the place of a hard link whose target is in a lower layer.
 */
final class OverlayMarks {
    private static final byte[] OPAQUE = RawNames.of("trusted.overlay.opaque");
    private static final byte[] PENDING = RawNames.of("trusted.carafe.pending");
    private static final byte[] YES = {'y'};
    private static final byte[] ONE = {'1'};

    private final FileCalls calls;

    OverlayMarks(FileCalls calls) {
        this.calls = calls;
    }

    /** Whether a layer may set this attribute: overlayfs' and our own it may not. */
    static boolean mayBeSet(byte[] attribute) {
        String name = new String(attribute, StandardCharsets.ISO_8859_1);
        return !name.startsWith("trusted.overlay.")
                && !name.startsWith("user.overlay.")
                && !name.startsWith("trusted.carafe.");
    }

    void whiteout(int dirFd, byte[] name) throws SyscallException {
        calls.mknodat(dirFd, name, FileStat.S_IFCHR, 0);
    }

    void setOpaque(int fd) throws SyscallException {
        calls.fsetxattr(fd, OPAQUE, YES);
    }

    boolean isOpaque(int fd) throws SyscallException {
        try {
            byte[] value = calls.fgetxattr(fd, OPAQUE);
            return value.length == 1 && value[0] == 'y';
        } catch (SyscallException e) {
            return absent(e);
        }
    }

    void setImplied(int fd) throws SyscallException {
        calls.fsetxattr(fd, Metadata.implied(), ONE);
    }

    boolean isImplied(int fd) throws SyscallException {
        try {
            return calls.fgetxattr(fd, Metadata.implied()).length == 1;
        } catch (SyscallException e) {
            return absent(e);
        }
    }

    /** Nothing happens when there is no mark. */
    void clearImplied(int fd) throws SyscallException {
        try {
            calls.fremovexattr(fd, Metadata.implied());
        } catch (SyscallException e) {
            absent(e);
        }
    }

    void setPending(int fd) throws SyscallException {
        calls.fsetxattr(fd, PENDING, ONE);
    }

    /** Whether a name only keeps the place of a hard link into a lower layer. */
    boolean isPending(int dirFd, byte[] name) throws SyscallException {
        try {
            return calls.getxattrat(dirFd, name, PENDING).length == 1;
        } catch (SyscallException e) {
            return absent(e);
        }
    }

    private static boolean absent(SyscallException e) throws SyscallException {
        if (!e.is(Errno.ENODATA)) {
            throw e;
        }
        return false;
    }
}
