package carafe.linux.fs;

/**
 * How openat2(2) opens (kernel 5.6): the flags, the mode of a created file and the resolution
 * limits. {@code O_CLOEXEC} is always added.
 *
 * @param flags O_* of this machine's architecture, see {@link OpenFlags}
 * @param mode permission bits of a created file, 0 otherwise
 * @param resolve RESOLVE_* bits
 */
public record OpenHow(long flags, int mode, int resolve) {
    /** Do not cross a mount point; the call answers EXDEV. */
    public static final int RESOLVE_NO_XDEV = 0x01;

    /** Do not follow the magic links of procfs. */
    public static final int RESOLVE_NO_MAGICLINKS = 0x02;

    /** Do not follow any link; the call answers ELOOP. */
    public static final int RESOLVE_NO_SYMLINKS = 0x04;

    /** Treat the directory as the root of every absolute link and of "..". */
    public static final int RESOLVE_IN_ROOT = 0x10;

    /** A directory below the root, links resolved inside the root. */
    public static final OpenHow DIRECTORY_IN_ROOT =
            new OpenHow(
                    OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY,
                    0,
                    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);

    /** A directory that is no link itself and is reached without any link. */
    public static final OpenHow DIRECTORY_NO_LINKS =
            new OpenHow(
                    OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW,
                    0,
                    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS);

    /** As {@link #DIRECTORY_NO_LINKS}, and on the same mount. */
    public static final OpenHow DIRECTORY_SAME_MOUNT =
            new OpenHow(DIRECTORY_NO_LINKS.flags, 0, DIRECTORY_NO_LINKS.resolve | RESOLVE_NO_XDEV);

    /** A handle on anything, not opened for reading; a link at the end is the thing itself. */
    public static final OpenHow HANDLE_NO_LINKS =
            new OpenHow(
                    OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW,
                    0,
                    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS);

    /** An existing file for reading, reached without any link; opening a fifo does not block. */
    public static final OpenHow READ_NO_LINKS =
            new OpenHow(
                    OpenFlags.O_RDONLY | OpenFlags.O_NOFOLLOW | OpenFlags.O_NONBLOCK,
                    0,
                    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS);

    /** A new file for writing, mode 0600; EEXIST when the name is taken by anything. */
    public static final OpenHow CREATE =
            new OpenHow(
                    OpenFlags.O_WRONLY
                            | OpenFlags.O_CREAT
                            | OpenFlags.O_EXCL
                            | OpenFlags.O_NOFOLLOW,
                    0600,
                    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS);

    /** As {@link #CREATE}, for writing and reading. */
    public static final OpenHow CREATE_READ_WRITE =
            new OpenHow(
                    OpenFlags.O_RDWR | OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_NOFOLLOW,
                    0600,
                    CREATE.resolve);

    /** A host path that the administrator chose; links are followed. */
    public static final OpenHow HOST_DIRECTORY =
            new OpenHow(OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, RESOLVE_NO_MAGICLINKS);

    /** The same for a file that is created with these permission bits, as far as the umask lets. */
    public OpenHow withMode(int permissions) {
        return new OpenHow(flags, permissions, resolve);
    }
}
