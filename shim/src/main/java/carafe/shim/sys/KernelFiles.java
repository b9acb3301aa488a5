package carafe.shim.sys;

/** {@link FileCalls} on a {@link Kernel}. */
final class KernelFiles implements FileCalls {
    private static final int CHUNK = 4096;
    private static final long MAX_U32 = 0xffffffffL;
    private static final int STATX_BASIC = 0x7ff;
    private static final int STATX_MNT_ID = 0x1000;
    private static final int F_SETFD = 2;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;

    private final Calls calls;

    KernelFiles(Calls calls) {
        this.calls = calls;
    }

    @Override
    public int open(int dirfd, String path, int flags, int mode) throws SyscallException {
        Scratch scratch = calls.begin();
        long name = scratch.string(path, "open");
        long result = calls.call(Call.OPENAT, dirfd, name, openFlags(flags), mode);
        return (int) calls.check("open", path, result);
    }

    @Override
    public int openResolved(int dirfd, String path, int flags, int resolve)
            throws SyscallException {
        Scratch scratch = calls.begin();
        long how = scratch.space(24);
        calls.kernel().putLong(how, openFlags(flags) & MAX_U32);
        calls.kernel().putLong(how + 16, resolve);
        long name = scratch.string(path, "openat2");
        return (int) calls.check("open", path, calls.call(Call.OPENAT2, dirfd, name, how, 24));
    }

    @Override
    public void close(int fd) {
        if (fd >= 0) {
            calls.call(Call.CLOSE, fd);
        }
    }

    @Override
    public void closeRange(int first, int last) throws SyscallException {
        calls.check("close_range", "", calls.call(Call.CLOSE_RANGE, first, last & MAX_U32, 0));
    }

    @Override
    public int read(int fd, Buffer to, int offset, int length) {
        return (int) calls.call(Call.READ, fd, to.at(offset, length), length);
    }

    @Override
    public int write(int fd, Buffer from, int offset, int length) {
        return (int) calls.call(Call.WRITE, fd, from.at(offset, length), length);
    }

    @Override
    public int readAt(int fd, Buffer to, int offset, int length, long position) {
        return (int) calls.call(Call.PREAD64, fd, to.at(offset, length), length, position);
    }

    @Override
    public int write(int fd, byte[] from, int offset, int length) {
        int size = Math.min(length, CHUNK);
        long space = calls.begin().space(size);
        calls.kernel().copyIn(space, from, offset, size);
        return (int) calls.call(Call.WRITE, fd, space, size);
    }

    @Override
    public int read(int fd, byte[] to, int offset, int length) {
        int size = Math.min(length, CHUNK);
        long space = calls.begin().space(size);
        int got = (int) calls.call(Call.READ, fd, space, size);
        if (got > 0) {
            calls.kernel().copyOut(space, to, offset, got);
        }
        return got;
    }

    @Override
    public int splice(int from, int to, int length, int flags) {
        return (int) calls.call(Call.SPLICE, from, 0, to, 0, length, flags);
    }

    @Override
    public int readDirectory(int fd, Buffer to) {
        return (int) calls.call(Call.GETDENTS64, fd, to.at(0, to.size()), to.size());
    }

    @Override
    public long seek(int fd, long position, int whence) throws SyscallException {
        return calls.check("lseek", "", calls.call(Call.LSEEK, fd, position, whence));
    }

    @Override
    public FileStatus status(int fd) throws SyscallException {
        return status(fd, "", AT_EMPTY_PATH);
    }

    @Override
    public FileStatus status(int dirfd, String path, int flags) throws SyscallException {
        Scratch scratch = calls.begin();
        long at = scratch.space(256);
        long name = scratch.string(path, "statx");
        long mask = STATX_BASIC | STATX_MNT_ID;
        calls.check("stat", path, calls.call(Call.STATX, dirfd, name, flags, mask, at));
        Kernel k = calls.kernel();
        return new FileStatus(
                k.getInt(at + 28) & 0xffff,
                k.getInt(at + 20),
                k.getInt(at + 24),
                (long) k.getInt(at + 136) << 32 | (k.getInt(at + 140) & MAX_U32),
                k.getLong(at + 32),
                k.getLong(at + 40),
                k.getInt(at + 128),
                k.getInt(at + 132),
                k.getLong(at + 144));
    }

    @Override
    public long fileSystemType(int fd) throws SyscallException {
        long at = calls.begin().space(120);
        calls.check("fstatfs", "", calls.call(Call.FSTATFS, fd, at));
        return calls.kernel().getLong(at);
    }

    @Override
    public void makeDirectory(int dirfd, String path, int mode) throws SyscallException {
        long name = calls.begin().string(path, "mkdir");
        calls.check("mkdir", path, calls.call(Call.MKDIRAT, dirfd, name, mode));
    }

    @Override
    public void makeNode(int dirfd, String path, int mode, int major, int minor)
            throws SyscallException {
        long name = calls.begin().string(path, "mknod");
        long device = (minor & 0xffL) | (major & 0xfffL) << 8 | (minor & 0xfff00L) << 12;
        calls.check("mknod", path, calls.call(Call.MKNODAT, dirfd, name, mode, device));
    }

    @Override
    public void makeLink(String target, int dirfd, String path) throws SyscallException {
        Scratch scratch = calls.begin();
        long from = scratch.string(target, "symlink");
        long name = scratch.string(path, "symlink");
        calls.check("symlink", path, calls.call(Call.SYMLINKAT, from, dirfd, name));
    }

    @Override
    public void unlink(int dirfd, String path, int flags) throws SyscallException {
        long name = calls.begin().string(path, "unlink");
        calls.check("unlink", path, calls.call(Call.UNLINKAT, dirfd, name, flags));
    }

    @Override
    public void rename(int fromDirfd, String from, int toDirfd, String to) throws SyscallException {
        Scratch scratch = calls.begin();
        long source = scratch.string(from, "rename");
        long target = scratch.string(to, "rename");
        long result = calls.call(Call.RENAMEAT2, fromDirfd, source, toDirfd, target, 0);
        calls.check("rename", to, result);
    }

    @Override
    public String readLink(int dirfd, String path) throws SyscallException {
        Scratch scratch = calls.begin();
        long name = scratch.string(path, "readlink");
        long space = scratch.space(CHUNK);
        long result = calls.call(Call.READLINKAT, dirfd, name, space, CHUNK);
        return calls.text(space, (int) calls.check("readlink", path, result));
    }

    @Override
    public void chmod(int fd, int mode) throws SyscallException {
        calls.check("chmod", "", calls.call(Call.FCHMOD, fd, mode));
    }

    @Override
    public void chown(int dirfd, String path, int uid, int gid, int flags) throws SyscallException {
        long name = calls.begin().string(path, "chown");
        long result = calls.call(Call.FCHOWNAT, dirfd, name, uid & MAX_U32, gid & MAX_U32, flags);
        calls.check("chown", path, result);
    }

    @Override
    public void sync(int fd) throws SyscallException {
        calls.check("fsync", "", calls.call(Call.FSYNC, fd));
    }

    @Override
    public void truncate(int fd, long length) throws SyscallException {
        calls.check("ftruncate", "", calls.call(Call.FTRUNCATE, fd, length));
    }

    @Override
    public void duplicateTo(int from, int to, int flags) throws SyscallException {
        calls.check("dup3", "", calls.call(Call.DUP3, from, to, flags));
    }

    @Override
    public int duplicateFrom(int fd, int lowest) throws SyscallException {
        long result = calls.call(Call.FCNTL, fd, F_DUPFD_CLOEXEC, lowest);
        return (int) calls.check("dup", "", result);
    }

    @Override
    public void setCloseOnExec(int fd, int oneOrZero) throws SyscallException {
        calls.check("fcntl", "", calls.call(Call.FCNTL, fd, F_SETFD, oneOrZero));
    }

    @Override
    public void setStatusFlags(int fd, int flags) throws SyscallException {
        calls.check("fcntl", "", calls.call(Call.FCNTL, fd, F_SETFL, openFlags(flags)));
    }

    @Override
    public int statusFlags(int fd) throws SyscallException {
        return openFlags((int) calls.check("fcntl", "", calls.call(Call.FCNTL, fd, F_GETFL, 0)));
    }

    @Override
    public long pipe(int flags) throws SyscallException {
        long at = calls.begin().space(8);
        calls.check("pipe2", "", calls.call(Call.PIPE2, at, flags | O_CLOEXEC));
        return calls.kernel().getLong(at);
    }

    @Override
    public void lock(int fd, int operation) throws SyscallException {
        calls.check("flock", "", calls.call(Call.FLOCK, fd, operation));
    }

    /**
     * Swaps the flags that differ between the architectures: what x86-64 calls O_DIRECT,
     * O_DIRECTORY and O_NOFOLLOW (040000, 0200000, 0400000) is 0200000, 040000 and 0100000 on
     * arm64. The swap is its own inverse, since O_DIRECT is never used.
     */
    private int openFlags(int flags) {
        if (!calls.kernel().isArm64()) {
            return flags;
        }
        int common = flags & ~(O_DIRECTORY | O_NOFOLLOW | 040000 | 0100000);
        return common
                | ((flags & O_DIRECTORY) != 0 ? 040000 : 0)
                | ((flags & O_NOFOLLOW) != 0 ? 0100000 : 0)
                | ((flags & 040000) != 0 ? O_DIRECTORY : 0)
                | ((flags & 0100000) != 0 ? O_NOFOLLOW : 0);
    }
}
