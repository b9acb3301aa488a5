package carafe.linux.fs;

/** Flags of open(2) and friends; four of them differ between x86-64 and arm64. */
public final class OpenFlags {
    private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));

    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_TRUNC = 0x200;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
    public static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_PATH = 0x200000;

    /** unlinkat(2): remove a directory. */
    public static final int AT_REMOVEDIR = 0x200;

    /** renameat2(2): fail with EEXIST instead of replacing. */
    public static final int RENAME_NOREPLACE = 1;

    /** The current directory; only for absolute host paths. */
    static final int AT_FDCWD = -100;

    private OpenFlags() {}
}
