package carafe.linux.fs;

import carafe.linux.SyscallException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The port for the kernel's file calls, so that a test can fail call n. Names and paths are raw
 * bytes without a trailing NUL; a NUL inside is refused with EINVAL. No call follows a link at the
 * end of a path, except {@link #openat2} where its limits allow that. Descriptors are close-on-exec
 * and belong to the caller. Calls block the thread: use platform threads. Thread-safe.
 */
public interface FileCalls {
    /** The real kernel (5.14 or newer). */
    static FileCalls linux() {
        return LinuxFileCalls.INSTANCE;
    }

    /** The directory descriptor that stands for absolute host paths. */
    int HOST = OpenFlags.AT_FDCWD;

    int openat2(int dirFd, byte[] path, OpenHow how) throws SyscallException;

    void close(int fd);

    void mkdirat(int dirFd, byte[] name, int mode) throws SyscallException;

    /**
     * @param mode type and permission bits, still subject to the umask
     * @param device major in the upper, minor in the lower 32 bits; 0 for a fifo
     */
    void mknodat(int dirFd, byte[] name, int mode, long device) throws SyscallException;

    void symlinkat(byte[] target, int dirFd, byte[] name) throws SyscallException;

    void linkat(int fromDirFd, byte[] from, int toDirFd, byte[] to) throws SyscallException;

    /**
     * @param flags 0 or {@link OpenFlags#AT_REMOVEDIR}
     */
    void unlinkat(int dirFd, byte[] name, int flags) throws SyscallException;

    /**
     * @param flags 0 or {@link OpenFlags#RENAME_NOREPLACE}
     */
    void renameat2(int fromDirFd, byte[] from, int toDirFd, byte[] to, int flags)
            throws SyscallException;

    void fchmod(int fd, int permissions) throws SyscallException;

    /** Sets the mode through a descriptor that may be a mere handle (O_PATH). */
    void chmodHandle(int fd, int permissions) throws SyscallException;

    /**
     * @param uid 0 to 4294967294
     * @param gid 0 to 4294967294
     */
    void fchown(int fd, long uid, long gid) throws SyscallException;

    /** As {@link #fchown}, on a name; a link's own owner is set. */
    void fchownat(int dirFd, byte[] name, long uid, long gid) throws SyscallException;

    /** Sets access and modification time of an open file. */
    void futimens(int fd, FileTime time) throws SyscallException;

    /** Sets access and modification time of a name; a link's own times are set. */
    void utimensat(int dirFd, byte[] name, FileTime time) throws SyscallException;

    void fsetxattr(int fd, byte[] attribute, byte[] value) throws SyscallException;

    /** Sets an attribute of a name, not of what it links to. */
    void setxattrat(int dirFd, byte[] name, byte[] attribute, byte[] value) throws SyscallException;

    void fremovexattr(int fd, byte[] attribute) throws SyscallException;

    /** The attribute's value; ENODATA when there is none. */
    byte[] getxattrat(int dirFd, byte[] name, byte[] attribute) throws SyscallException;

    byte[] fgetxattr(int fd, byte[] attribute) throws SyscallException;

    /** Names of all attributes that the caller may see. */
    List<byte[]> listxattrat(int dirFd, byte[] name) throws SyscallException;

    List<byte[]> flistxattr(int fd) throws SyscallException;

    byte[] readlinkat(int dirFd, byte[] name) throws SyscallException;

    /**
     * @param name empty for the descriptor itself
     */
    FileStat stat(int dirFd, byte[] name) throws SyscallException;

    /** Fills the buffer with linux_dirent64 records; 0 at the end. */
    int getdents(int fd, byte[] buffer) throws SyscallException;

    /**
     * Continues reading a directory elsewhere.
     *
     * @param offset 0 for the first entry, or the cookie that an entry carried
     */
    void seek(int fd, long offset) throws SyscallException;

    /** Writes from position to limit, advances the position by what was written. */
    void write(int fd, ByteBuffer direct) throws SyscallException;

    /** Reads up to the limit; returns the number of bytes, 0 at the end. */
    int read(int fd, ByteBuffer direct) throws SyscallException;

    void fsync(int fd) throws SyscallException;

    /** Writes everything of the descriptor's file system to the disk. */
    void syncfs(int fd) throws SyscallException;

    /** Reserves disk space for the first bytes of the file. */
    void fallocate(int fd, long bytes) throws SyscallException;

    FsStat statfs(int fd) throws SyscallException;
}
