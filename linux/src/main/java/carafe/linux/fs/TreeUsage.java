package carafe.linux.fs;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a directory tree takes on its disk, itself included. Follows no link, crosses no
 * mount. The tree may change meanwhile: what vanishes is not counted. A file with n links counts
 * 1/n per link, so that memory does not grow with the number of links. Not thread-safe.
 */
public final class TreeUsage {
    /** Levels that keep their descriptor; above them a level is opened again when needed. */
    private static final int OPEN_LEVELS = 48;

    private static final OpenHow PARENT =
            new OpenHow(
                    OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY,
                    0,
                    OpenHow.RESOLVE_NO_XDEV | OpenHow.RESOLVE_NO_SYMLINKS);
    private static final byte[] SELF = {};

    private final FileCalls calls;
    private final List<Level> levels = new ArrayList<>();
    private double bytes;
    private double inodes;

    private TreeUsage(FileCalls calls) {
        this.calls = calls;
    }

    /**
     * @param bytes on disk, rounded
     * @param inodes files, directories and the rest
     */
    public record Total(long bytes, long inodes) {}

    /** Counts the tree of an open directory. */
    public static Total of(FileCalls calls, int dirFd) throws SyscallException {
        return new TreeUsage(calls).run(dirFd);
    }

    private Total run(int dirFd) throws SyscallException {
        try {
            int top = calls.openat2(dirFd, new byte[] {'.'}, OpenHow.DIRECTORY_SAME_MOUNT);
            enter(new Fd(calls, top));
            while (!levels.isEmpty()) {
                step(levels.getLast());
            }
            return new Total(Math.round(bytes), Math.round(inodes));
        } finally {
            levels.forEach(Level::close);
        }
    }

    private void enter(Fd fd) throws SyscallException {
        FileStat stat;
        try {
            stat = calls.stat(fd.number(), SELF);
        } catch (SyscallException e) {
            fd.close();
            throw e;
        }
        count(stat, 1);
        levels.add(new Level(calls, fd, stat));
        if (levels.size() > OPEN_LEVELS) {
            levels.get(levels.size() - 1 - OPEN_LEVELS).close();
        }
    }

    private void step(Level level) throws SyscallException {
        DirEntries.Entry entry = level.next();
        if (entry == null) {
            leave(level);
            return;
        }
        try {
            if (entry.mayBeDirectory()) {
                enter(
                        new Fd(
                                calls,
                                calls.openat2(
                                        level.fd(), entry.name(), OpenHow.DIRECTORY_SAME_MOUNT)));
                return;
            }
            count(calls.stat(level.fd(), entry.name()));
        } catch (SyscallException e) {
            switch (e.errno()) {
                case Errno.ENOENT, Errno.EXDEV -> {}
                case Errno.ENOTDIR, Errno.ELOOP -> count(calls.stat(level.fd(), entry.name()));
                default -> throw e;
            }
        }
    }

    private void leave(Level level) throws SyscallException {
        levels.removeLast();
        try {
            if (!levels.isEmpty() && levels.getLast().isClosed()) {
                Level parent = levels.getLast();
                parent.reopen(new Fd(calls, calls.openat2(level.fd(), RawNames.of(".."), PARENT)));
            }
        } finally {
            level.close();
        }
    }

    private void count(FileStat stat) {
        count(stat, Math.max(1, stat.links()));
    }

    private void count(FileStat stat, long links) {
        bytes += stat.blocks() * 512.0 / links;
        inodes += 1.0 / links;
    }

    /** A directory on the way down; its descriptor may be closed while we are far below. */
    private static final class Level {
        private final FileCalls calls;
        private final FileStat identity;
        private @Nullable Fd fd;
        private @Nullable DirEntries entries;
        private long next;

        Level(FileCalls calls, Fd fd, FileStat identity) {
            this.calls = calls;
            this.identity = identity;
            this.fd = fd;
            this.entries = new DirEntries(calls, fd.number());
        }

        int fd() {
            Fd open = fd;
            if (open == null) {
                throw new IllegalStateException("level is closed");
            }
            return open.number();
        }

        boolean isClosed() {
            return fd == null;
        }

        DirEntries.@Nullable Entry next() throws SyscallException {
            DirEntries open = entries;
            DirEntries.Entry entry = open == null ? null : open.next();
            if (entry != null) {
                next = entry.next();
            }
            return entry;
        }

        void reopen(Fd again) throws SyscallException {
            fd = again;
            if (!calls.stat(again.number(), SELF).sameFile(identity)) {
                throw new SyscallException("walk back", "a directory was moved", Errno.ESTALE);
            }
            calls.seek(again.number(), next);
            entries = new DirEntries(calls, again.number());
        }

        void close() {
            if (fd != null) {
                fd.close();
                fd = null;
                entries = null;
            }
        }
    }
}
