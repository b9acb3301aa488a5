package carafe.linux.fs;

/**
 * What statx(2) says of a file.
 *
 * @param mode type and permission bits
 * @param uid owner, 0 to 4294967295
 * @param gid group, 0 to 4294967295
 * @param inode number within the device
 * @param links hard links
 * @param size bytes; of a symbolic link, of its target
 * @param blocks 512-byte blocks on disk
 * @param device major in the upper, minor in the lower 32 bits
 * @param rdev as device, of a device node itself
 * @param modified last modification
 * @param mountRoot whether this is the root of a mount
 */
public record FileStat(
        int mode,
        long uid,
        long gid,
        long inode,
        long links,
        long size,
        long blocks,
        long device,
        long rdev,
        FileTime modified,
        boolean mountRoot) {
    public static final int S_IFMT = 0170000;
    public static final int S_IFSOCK = 0140000;
    public static final int S_IFLNK = 0120000;
    public static final int S_IFREG = 0100000;
    public static final int S_IFBLK = 0060000;
    public static final int S_IFDIR = 0040000;
    public static final int S_IFCHR = 0020000;
    public static final int S_IFIFO = 0010000;

    /** The type bits, one of S_IF*. */
    public int type() {
        return mode & S_IFMT;
    }

    /** Permission bits with setuid, setgid and sticky. */
    public int permissions() {
        return mode & 07777;
    }

    public boolean isDirectory() {
        return type() == S_IFDIR;
    }

    public boolean isRegular() {
        return type() == S_IFREG;
    }

    public boolean isSymlink() {
        return type() == S_IFLNK;
    }

    /** Whether this is overlayfs' mark for a removed name: a character device 0:0. */
    public boolean isWhiteout() {
        return type() == S_IFCHR && rdev == 0;
    }

    /** Whether both are the same file of the same device. */
    public boolean sameFile(FileStat other) {
        return inode == other.inode && device == other.device;
    }
}
