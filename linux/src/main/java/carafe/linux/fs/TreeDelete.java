package carafe.linux.fs;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Deletes a directory tree whose content is not trusted. Follows no link and crosses no mount: a
 * mount inside stops it with EBUSY or EXDEV before anything behind the mount is touched. Memory and
 * descriptors are bounded whatever the depth: a directory below {@value #MAX_DEPTH} levels is first
 * moved to the top of the tree and dealt with there. Nobody may write in the tree meanwhile.
 */
public final class TreeDelete {
    /** Levels that are walked with open descriptors. */
    static final int MAX_DEPTH = 32;

    private static final String MOVED = ".carafe-moved-";

    private final FileCalls calls;
    private long moved;

    public TreeDelete(FileCalls calls) {
        this.calls = calls;
    }

    /**
     * Deletes one entry of a directory, with everything below it. Nothing happens when there is
     * none.
     */
    public void delete(int parentFd, byte[] name) throws SyscallException {
        try {
            calls.unlinkat(parentFd, name, 0);
            return;
        } catch (SyscallException e) {
            if (e.is(Errno.ENOENT)) {
                return;
            }
            // EISDIR says directory; some file systems answer EPERM for one.
            if (!e.is(Errno.EISDIR) && !e.is(Errno.EPERM)) {
                throw e;
            }
        }
        deleteDirectory(parentFd, name);
    }

    /** As {@link #delete}, for what is almost certainly a directory: one failed call less. */
    public void deleteTree(int parentFd, byte[] name) throws SyscallException {
        try {
            deleteDirectory(parentFd, name);
        } catch (SyscallException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR) && !e.is(Errno.ELOOP)) {
                throw e;
            }
            delete(parentFd, name);
        }
    }

    private void deleteDirectory(int parentFd, byte[] name) throws SyscallException {
        Deque<Level> levels = new ArrayDeque<>();
        try {
            levels.push(enter(parentFd, name));
            while (!levels.isEmpty()) {
                step(levels, parentFd);
            }
        } finally {
            levels.forEach(level -> level.fd.close());
        }
    }

    private void step(Deque<Level> levels, int parentFd) throws SyscallException {
        Level level = levels.element();
        DirEntries.Entry entry = level.entries.next();
        if (entry == null) {
            leave(levels, parentFd);
        } else if (!entry.mayBeDirectory()) {
            calls.unlinkat(level.fd.number(), entry.name(), 0);
        } else if (levels.size() < MAX_DEPTH) {
            down(levels, level, entry.name());
        } else {
            moveUp(level.fd.number(), entry.name(), levels.getLast().fd.number());
        }
    }

    private void down(Deque<Level> levels, Level level, byte[] name) throws SyscallException {
        try {
            levels.push(enter(level.fd.number(), name));
        } catch (SyscallException e) {
            if (!e.is(Errno.ENOTDIR) && !e.is(Errno.ELOOP)) {
                throw e;
            }
            calls.unlinkat(level.fd.number(), name, 0);
        }
    }

    private Level enter(int dirFd, byte[] name) throws SyscallException {
        Fd fd = new Fd(calls, calls.openat2(dirFd, name, OpenHow.DIRECTORY_SAME_MOUNT));
        return new Level(name, fd, new DirEntries(calls, fd.number()));
    }

    /** Removes the emptied directory, or reads it again: removing moves entries on some disks. */
    private void leave(Deque<Level> levels, int parentFd) throws SyscallException {
        Level level = levels.pop();
        int above = levels.isEmpty() ? parentFd : levels.element().fd.number();
        try {
            calls.unlinkat(above, level.name, OpenFlags.AT_REMOVEDIR);
            level.fd.close();
        } catch (SyscallException e) {
            if (!e.is(Errno.ENOTEMPTY)) {
                level.fd.close();
                throw e;
            }
            levels.push(level);
            level.entries.restart();
        }
    }

    private void moveUp(int dirFd, byte[] name, int topFd) throws SyscallException {
        while (true) {
            byte[] free = RawNames.of(MOVED + moved++);
            try {
                calls.renameat2(dirFd, name, topFd, free, OpenFlags.RENAME_NOREPLACE);
                return;
            } catch (SyscallException e) {
                if (!e.is(Errno.EEXIST)) {
                    throw e;
                }
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Level(byte[] name, Fd fd, DirEntries entries) {}
}
