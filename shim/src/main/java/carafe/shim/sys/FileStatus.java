package carafe.shim.sys;

/**
 * What statx tells of a file.
 *
 * @param mode type and permission bits
 * @param device identity of the file system, major in the high 32 bits
 * @param inode number within the file system
 * @param size bytes
 * @param rdevMajor major number, of device nodes
 * @param rdevMinor minor number, of device nodes
 * @param mountId identity of the mount (Linux 5.8)
 */
public record FileStatus(
        int mode,
        int uid,
        int gid,
        long device,
        long inode,
        long size,
        int rdevMajor,
        int rdevMinor,
        long mountId) {
    public static final int TYPE = 0170000;
    public static final int DIRECTORY = 0040000;
    public static final int REGULAR = 0100000;
    public static final int LINK = 0120000;
    public static final int CHARACTER = 0020000;
    public static final int BLOCK = 0060000;
    public static final int FIFO = 0010000;

    public boolean isDirectory() {
        return (mode & TYPE) == DIRECTORY;
    }

    public boolean isRegular() {
        return (mode & TYPE) == REGULAR;
    }

    public boolean isCharacterDevice(int major, int minor) {
        return (mode & TYPE) == CHARACTER && rdevMajor == major && rdevMinor == minor;
    }
}
