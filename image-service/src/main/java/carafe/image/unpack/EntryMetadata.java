package carafe.image.unpack;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.OpenHow;

/** Gives an unpacked entry its owner, mode, attributes and times. */
final class EntryMetadata {
    private final FileCalls calls;

    EntryMetadata(FileCalls calls) {
        this.calls = calls;
    }

    /** Owner, mode and attributes of an open file or directory; its times come last of all. */
    void apply(int fd, TarEntry entry) throws SyscallException {
        // The owner first: changing it clears the setuid bit and file capabilities.
        calls.fchown(fd, entry.uid(), entry.gid());
        calls.fchmod(fd, entry.mode());
        attributes(fd, entry);
    }

    /**
     * The same for a new file, without the calls that would change nothing: most files are root's
     * and were made with the right mode.
     *
     * @param made what it was when it was made
     */
    void complete(int fd, TarEntry entry, FileStat made) throws SyscallException {
        if (made.uid() != entry.uid() || made.gid() != entry.gid()) {
            calls.fchown(fd, entry.uid(), entry.gid());
        }
        if (made.permissions() != entry.mode()) {
            calls.fchmod(fd, entry.mode());
        }
        attributes(fd, entry);
    }

    private void attributes(int fd, TarEntry entry) throws SyscallException {
        for (TarEntry.Attribute attribute : entry.attributes()) {
            if (OverlayMarks.mayBeSet(attribute.name())) {
                try {
                    calls.fsetxattr(fd, attribute.name(), attribute.value());
                } catch (SyscallException e) {
                    tolerate(e);
                }
            }
        }
    }

    /** The same and the times for links, devices and fifos, which are not opened. */
    void applyToNode(int dirFd, byte[] name, TarEntry entry) throws SyscallException {
        calls.fchownat(dirFd, name, entry.uid(), entry.gid());
        if (entry.type() != TarEntry.Type.SYMLINK) {
            try (Fd handle = new Fd(calls, calls.openat2(dirFd, name, OpenHow.HANDLE_NO_LINKS))) {
                calls.chmodHandle(handle.number(), entry.mode());
            }
        }
        for (TarEntry.Attribute attribute : entry.attributes()) {
            if (OverlayMarks.mayBeSet(attribute.name())) {
                try {
                    calls.setxattrat(dirFd, name, attribute.name(), attribute.value());
                } catch (SyscallException e) {
                    tolerate(e);
                }
            }
        }
        calls.utimensat(dirFd, name, entry.modified());
    }

    /**
     * A file system without this kind of attribute, or a kind that such a file cannot have: the
     * entry is unpacked without it, as by every other runtime.
     */
    private static void tolerate(SyscallException e) throws SyscallException {
        if (!e.is(Errno.EOPNOTSUPP) && !e.is(Errno.EPERM) && !e.is(Errno.EACCES)) {
            throw e;
        }
    }
}
