package carafe.linux.fs;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Gives everything in a directory tree an SELinux label. Follows no link, crosses no mount. The
 * tree may change meanwhile: what vanishes is passed over. Not thread-safe.
 */
public final class TreeLabel {
    /** Levels that are walked, each with an open descriptor; what is deeper is an error. */
    static final int MAX_DEPTH = 256;

    private static final byte[] ATTRIBUTE = RawNames.of("security.selinux");

    private final FileCalls calls;
    private final byte[] label;
    private final Deque<Level> levels = new ArrayDeque<>();

    private TreeLabel(FileCalls calls, String label) {
        this.calls = calls;
        this.label = (label + "\0").getBytes(StandardCharsets.UTF_8);
    }

    private record Level(Fd fd, DirEntries entries) {}

    /**
     * Labels a file, or a directory and all in it; a file system without labels is left alone.
     *
     * @param top absolute, without links
     * @throws SyscallException ELOOP when it is deeper than {@value #MAX_DEPTH} levels
     */
    public static void set(FileCalls calls, Path top, String label) throws SyscallException {
        TreeLabel tree = new TreeLabel(calls, label);
        try {
            tree.run(top);
        } catch (SyscallException e) {
            if (!e.is(Errno.EOPNOTSUPP)) {
                throw e;
            }
        } finally {
            tree.levels.forEach(level -> level.fd.close());
        }
    }

    private void run(Path top) throws SyscallException {
        if (!Files.isDirectory(top, LinkOption.NOFOLLOW_LINKS)) {
            Path parent = top.getParent() == null ? top : top.getParent();
            try (Fd fd = open(OpenFlags.AT_FDCWD, RawNames.of(parent.toString()))) {
                Path name = top.getFileName() == null ? top : top.getFileName();
                calls.setxattrat(fd.number(), RawNames.of(name.toString()), ATTRIBUTE, label);
            }
            return;
        }
        enter(open(OpenFlags.AT_FDCWD, RawNames.of(top.toString())));
        while (!levels.isEmpty()) {
            step(levels.element());
        }
    }

    private Fd open(int dirFd, byte[] path) throws SyscallException {
        return new Fd(calls, calls.openat2(dirFd, path, OpenHow.HOST_DIRECTORY));
    }

    private void enter(Fd fd) throws SyscallException {
        levels.push(new Level(fd, new DirEntries(calls, fd.number())));
        if (levels.size() > MAX_DEPTH) {
            throw new SyscallException(
                    "label", "a directory " + MAX_DEPTH + " levels deep", Errno.ELOOP);
        }
        calls.fsetxattr(fd.number(), ATTRIBUTE, label);
    }

    private void step(Level level) throws SyscallException {
        DirEntries.Entry entry = level.entries.next();
        if (entry == null) {
            levels.pop();
            level.fd.close();
            return;
        }
        try {
            if (entry.mayBeDirectory()) {
                int fd =
                        calls.openat2(
                                level.fd.number(), entry.name(), OpenHow.DIRECTORY_SAME_MOUNT);
                enter(new Fd(calls, fd));
            } else {
                calls.setxattrat(level.fd.number(), entry.name(), ATTRIBUTE, label);
            }
        } catch (SyscallException e) {
            if (e.is(Errno.ENOTDIR)) {
                calls.setxattrat(level.fd.number(), entry.name(), ATTRIBUTE, label);
            } else if (!e.is(Errno.ENOENT) && !e.is(Errno.EXDEV)) {
                throw e;
            }
        }
    }
}
