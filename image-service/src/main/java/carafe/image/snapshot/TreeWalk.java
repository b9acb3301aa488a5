package carafe.image.snapshot;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.fs.DirEntries;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.OpenHow;
import carafe.linux.fs.RawNames;
import carafe.linux.fs.RootDir;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Visits the directories of a tree in an order that their names alone decide: parents before
 * children, siblings by their bytes. Follows no link, crosses no mount, holds one descriptor at a
 * time. Not thread-safe.
 */
final class TreeWalk {
    /** Names held at once, in bytes with their overhead: some hundred thousand. */
    private static final long MOST_BYTES = 24L << 20;

    private static final int OVERHEAD = 40;

    private final FileCalls calls;
    private final RootDir root;
    private final Deque<byte[]> pending = new ArrayDeque<>();
    private long heldBytes;

    TreeWalk(FileCalls calls, RootDir root) {
        this.calls = calls;
        this.root = root;
    }

    /** What is done at each directory. */
    interface Visitor {
        /**
         * @param path of the directory, empty for the root
         * @param fd of the directory, lent
         * @param names sorted
         * @return which of the names are directories to be visited, in the same order
         */
        List<byte[]> directory(byte[] path, int fd, List<byte[]> names)
                throws SyscallException, InterruptedException;

        /** A directory that was there when its parent was visited cannot be opened. */
        void unreadable(byte[] path, SyscallException why) throws SyscallException;
    }

    /** So many names in directories on one way down that they are not held in memory. */
    static final class TooManyNames extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyNames(byte[] path) {
            super("too many names in and above " + RawNames.show(path));
        }
    }

    /**
     * @throws TooManyNames when memory for names is used up
     */
    void run(Visitor visitor) throws SyscallException, InterruptedException {
        push(new byte[0]);
        while (!pending.isEmpty()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("walk through a layer");
            }
            byte[] path = pending.pop();
            heldBytes -= path.length + OVERHEAD;
            visit(path, visitor);
        }
    }

    private void visit(byte[] path, Visitor visitor) throws SyscallException, InterruptedException {
        try (Fd fd = root.open(path, OpenHow.DIRECTORY_SAME_MOUNT)) {
            List<byte[]> inside = visitor.directory(path, fd.number(), names(path, fd.number()));
            for (byte[] name : inside.reversed()) {
                push(RawNames.join(path, name));
            }
        } catch (SyscallException e) {
            switch (e.errno()) {
                case Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP, Errno.EXDEV, Errno.ENAMETOOLONG ->
                        visitor.unreadable(path, e);
                default -> throw e;
            }
        }
    }

    private void push(byte[] path) {
        heldBytes += path.length + OVERHEAD;
        checkHeld(path, 0);
        pending.push(path);
    }

    private List<byte[]> names(byte[] path, int fd) throws SyscallException {
        List<byte[]> names = new ArrayList<>();
        long bytes = 0;
        DirEntries entries = new DirEntries(calls, fd);
        for (DirEntries.Entry each = entries.next(); each != null; each = entries.next()) {
            bytes += each.name().length + OVERHEAD;
            checkHeld(path, bytes);
            names.add(each.name());
        }
        names.sort(Arrays::compareUnsigned);
        return names;
    }

    private void checkHeld(byte[] path, long more) {
        if (heldBytes + more > MOST_BYTES) {
            throw new TooManyNames(path);
        }
    }

    /** The order in which directories are visited. */
    static int compare(byte[] left, byte[] right) {
        int common = Math.min(left.length, right.length);
        for (int i = 0; i < common; i++) {
            if (left[i] != right[i]) {
                return rank(left[i]) - rank(right[i]);
            }
        }
        return left.length - right.length;
    }

    /** A slash ends a name, so it comes before every byte that goes on with it. */
    private static int rank(byte b) {
        return b == '/' ? -1 : b & 0xff;
    }
}
