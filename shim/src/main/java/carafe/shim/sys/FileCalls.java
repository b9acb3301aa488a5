package carafe.shim.sys;

/**
 * Calls on files and descriptors. Methods that carry data return a count or minus errno and
 * allocate nothing; the others throw. Paths are relative to {@code dirfd} ({@link #AT_FDCWD} =
 * working directory) and must not hold a NUL. Flags have the values of x86-64 everywhere.
 */
public interface FileCalls {
    int AT_FDCWD = -100;
    int AT_SYMLINK_NOFOLLOW = 0x100;
    int AT_REMOVEDIR = 0x200;
    int AT_EMPTY_PATH = 0x1000;

    int O_RDONLY = 0;
    int O_WRONLY = 1;
    int O_RDWR = 2;
    int O_CREAT = 0100;
    int O_EXCL = 0200;
    int O_NOCTTY = 0400;
    int O_TRUNC = 01000;
    int O_APPEND = 02000;
    int O_NONBLOCK = 04000;
    int O_DIRECTORY = 0200000;
    int O_NOFOLLOW = 0400000;
    int O_CLOEXEC = 02000000;
    int O_PATH = 010000000;

    int RESOLVE_NO_XDEV = 0x01;
    int RESOLVE_NO_MAGICLINKS = 0x02;
    int RESOLVE_NO_SYMLINKS = 0x04;
    int RESOLVE_BENEATH = 0x08;
    int RESOLVE_IN_ROOT = 0x10;

    int LOCK_EX = 2;
    int LOCK_NB = 4;

    int SEEK_SET = 0;

    /** openat. */
    int open(int dirfd, String path, int flags, int mode) throws SyscallException;

    /** openat2 with the given RESOLVE flags. */
    int openResolved(int dirfd, String path, int flags, int resolve) throws SyscallException;

    /** Closes; an error is not reported, since nothing can be done about it. Ignores fd below 0. */
    void close(int fd);

    /** close_range; -1 as the last means all there are. */
    void closeRange(int first, int last) throws SyscallException;

    /** Count, 0 at the end, or minus errno. */
    int read(int fd, Buffer to, int offset, int length);

    /** Count or minus errno. */
    int write(int fd, Buffer from, int offset, int length);

    /** Count or minus errno. */
    int readAt(int fd, Buffer to, int offset, int length, long position);

    /** Count or minus errno; copied through scratch memory, at most 4 KiB per call. */
    int write(int fd, byte[] from, int offset, int length);

    /** Count or minus errno; copied through scratch memory, at most 4 KiB per call. */
    int read(int fd, byte[] to, int offset, int length);

    /** Moves bytes between a pipe and a descriptor; count or minus errno. */
    int splice(int from, int to, int length, int flags);

    /** Raw getdents64 records; bytes filled, 0 at the end, or minus errno. */
    int readDirectory(int fd, Buffer to);

    long seek(int fd, long position, int whence) throws SyscallException;

    /** statx of the descriptor itself. */
    FileStatus status(int fd) throws SyscallException;

    /** statx of a path. */
    FileStatus status(int dirfd, String path, int flags) throws SyscallException;

    /** Magic number of the file system the descriptor is on. */
    long fileSystemType(int fd) throws SyscallException;

    void makeDirectory(int dirfd, String path, int mode) throws SyscallException;

    /**
     * mknodat.
     *
     * @param mode type and permission bits
     */
    void makeNode(int dirfd, String path, int mode, int major, int minor) throws SyscallException;

    void makeLink(String target, int dirfd, String path) throws SyscallException;

    void unlink(int dirfd, String path, int flags) throws SyscallException;

    void rename(int fromDirfd, String from, int toDirfd, String to) throws SyscallException;

    String readLink(int dirfd, String path) throws SyscallException;

    void chmod(int fd, int mode) throws SyscallException;

    /** fchownat; ids are unsigned 32 bit, -1 = leave. */
    void chown(int dirfd, String path, int uid, int gid, int flags) throws SyscallException;

    void sync(int fd) throws SyscallException;

    void truncate(int fd, long length) throws SyscallException;

    /** dup3. */
    void duplicateTo(int from, int to, int flags) throws SyscallException;

    /** Duplicates to the lowest free number from {@code lowest} on, close-on-exec. */
    int duplicateFrom(int fd, int lowest) throws SyscallException;

    void setCloseOnExec(int fd, int oneOrZero) throws SyscallException;

    /** F_SETFL with exactly these flags. */
    void setStatusFlags(int fd, int flags) throws SyscallException;

    int statusFlags(int fd) throws SyscallException;

    /** Makes a pipe close-on-exec: read end in the low 32 bits, write end in the high ones. */
    long pipe(int flags) throws SyscallException;

    /** flock. */
    void lock(int fd, int operation) throws SyscallException;

    /** Read end of what {@link #pipe} gave. */
    static int readEnd(long pipe) {
        return (int) pipe;
    }

    /** Write end of what {@link #pipe} gave. */
    static int writeEnd(long pipe) {
        return (int) (pipe >>> 32);
    }
}
