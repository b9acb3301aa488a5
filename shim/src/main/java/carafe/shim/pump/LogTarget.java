package carafe.shim.pump;

import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.SyscallException;

/**
 * Where the log goes: a directory taken as it is, and below it a file, reached without following a
 * link, since whoever may write below it could put one there.
 *
 * @param base existing directory, absolute
 * @param directory existing directory below base, empty = base itself
 * @param name name of the file in there
 */
public record LogTarget(String base, String directory, String name) {
    private static final int MODE = 0640;
    private static final int FLAGS =
            FileCalls.O_WRONLY
                    | FileCalls.O_APPEND
                    | FileCalls.O_CREAT
                    | FileCalls.O_NOFOLLOW
                    | FileCalls.O_NONBLOCK
                    | FileCalls.O_NOCTTY
                    | FileCalls.O_CLOEXEC;
    private static final int DIRECTORY_FLAGS =
            FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
    private static final int NO_LINKS =
            FileCalls.RESOLVE_BENEATH
                    | FileCalls.RESOLVE_NO_SYMLINKS
                    | FileCalls.RESOLVE_NO_MAGICLINKS;

    /**
     * Splits an absolute path.
     *
     * @param trusted its leading part that may hold links; empty = all but the last two names
     */
    public static LogTarget of(String path, String trusted) throws SyscallException {
        int slash = path.lastIndexOf('/');
        if (!path.startsWith("/") || slash == path.length() - 1) {
            throw new SyscallException("open", path, Errno.EINVAL);
        }
        String parent = path.substring(0, Math.max(slash, 1));
        String base = trusted.isEmpty() ? parentOf(parent) : withoutTrailingSlash(trusted);
        boolean below = base.equals("/") || base.equals(parent) || parent.startsWith(base + "/");
        if (!below) {
            throw new SyscallException("open", path + " outside of " + base, Errno.EXDEV);
        }
        int start = base.equals("/") ? 1 : base.length() + 1;
        String directory = start >= parent.length() ? "" : parent.substring(start);
        return new LogTarget(base, directory, path.substring(slash + 1));
    }

    private static String parentOf(String path) {
        return path.substring(0, Math.max(path.lastIndexOf('/'), 1));
    }

    private static String withoutTrailingSlash(String path) {
        return path.length() > 1 && path.endsWith("/")
                ? path.substring(0, path.length() - 1)
                : path;
    }

    /**
     * Opens the file for appending, making it when it is missing.
     *
     * @throws SyscallException also when it is there and not a regular file (EINVAL)
     */
    int open(FileCalls files) throws SyscallException {
        int baseFd = files.open(FileCalls.AT_FDCWD, base, DIRECTORY_FLAGS, 0);
        int directoryFd = baseFd;
        try {
            if (!directory.isEmpty()) {
                directoryFd = files.openResolved(baseFd, directory, DIRECTORY_FLAGS, NO_LINKS);
            }
            return regular(files, files.open(directoryFd, name, FLAGS, MODE));
        } finally {
            if (directoryFd != baseFd) {
                files.close(directoryFd);
            }
            files.close(baseFd);
        }
    }

    private int regular(FileCalls files, int fd) throws SyscallException {
        if (!files.status(fd).isRegular()) {
            files.close(fd);
            throw new SyscallException("open", name, Errno.EINVAL);
        }
        return fd;
    }
}
