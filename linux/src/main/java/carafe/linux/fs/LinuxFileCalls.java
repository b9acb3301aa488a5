package carafe.linux.fs;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** {@link FileCalls} on the running kernel. Thread-safe. */
final class LinuxFileCalls implements FileCalls {
    static final LinuxFileCalls INSTANCE = new LinuxFileCalls(true);

    /** The same number on every architecture (kernel 5.6). */
    private static final long SYS_OPENAT2 = 437;

    /** Likewise (kernel 6.13). */
    private static final long SYS_LISTXATTRAT = 465;

    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int PATH_MAX = 4096;
    private static final int OPENAT2_ATTEMPTS = 128;

    /**
     * Whether the kernel has listxattrat, as far as is known; without it paths go through /proc.
     */
    private volatile boolean listsAt;

    /**
     * @param listsAt false does without listxattrat even where the kernel has it
     */
    LinuxFileCalls(boolean listsAt) {
        this.listsAt = listsAt;
    }

    @FunctionalInterface
    private interface NativeCall {
        long run() throws LastErrorException;
    }

    private static long run(String call, byte[] subject, NativeCall code) throws SyscallException {
        while (true) {
            try {
                return code.run();
            } catch (LastErrorException e) {
                if (e.getErrorCode() != Errno.EINTR) {
                    throw new SyscallException(call, RawNames.show(subject), e.getErrorCode());
                }
            }
        }
    }

    private static long run(String call, int fd, NativeCall code) throws SyscallException {
        while (true) {
            try {
                return code.run();
            } catch (LastErrorException e) {
                if (e.getErrorCode() != Errno.EINTR) {
                    throw new SyscallException(call, "descriptor " + fd, e.getErrorCode());
                }
            }
        }
    }

    private static byte[] cString(byte[] name) throws SyscallException {
        for (byte b : name) {
            if (b == 0) {
                throw new SyscallException("name with NUL", RawNames.show(name), Errno.EINVAL);
            }
        }
        return Arrays.copyOf(name, name.length + 1);
    }

    /** The path that names an entry of an open directory for calls that take no descriptor. */
    private static byte[] procPath(int dirFd, byte[] name) throws SyscallException {
        return cString(RawNames.join(RawNames.of("/proc/self/fd/" + dirFd), name));
    }

    @Override
    public int openat2(int dirFd, byte[] path, OpenHow how) throws SyscallException {
        byte[] raw = cString(path);
        ByteBuffer args = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
        args.putLong(how.flags() | OpenFlags.O_CLOEXEC).putLong(how.mode()).putLong(how.resolve());
        byte[] bytes = args.array();
        for (int attempt = 1; ; attempt++) {
            try {
                return (int)
                        run(
                                "openat2",
                                path,
                                () -> LibC.syscall(SYS_OPENAT2, dirFd, raw, bytes, 24));
            } catch (SyscallException e) {
                // The kernel cannot vouch for ".." while something is renamed anywhere: ask again.
                if (!e.is(Errno.EAGAIN) || attempt == OPENAT2_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close(int fd) {
        try {
            LibC.close(fd);
        } catch (LastErrorException e) {
            // The descriptor is gone in every case; what a write lost, fsync and syncfs report.
        }
    }

    @Override
    public void mkdirat(int dirFd, byte[] name, int mode) throws SyscallException {
        byte[] raw = cString(name);
        run("mkdirat", name, () -> LibC.mkdirat(dirFd, raw, mode));
    }

    @Override
    public void mknodat(int dirFd, byte[] name, int mode, long device) throws SyscallException {
        byte[] raw = cString(name);
        long dev = Devices.encode(device);
        run("mknodat", name, () -> LibC.mknodat(dirFd, raw, mode, dev));
    }

    @Override
    public void symlinkat(byte[] target, int dirFd, byte[] name) throws SyscallException {
        byte[] to = cString(target);
        byte[] raw = cString(name);
        run("symlinkat", name, () -> LibC.symlinkat(to, dirFd, raw));
    }

    @Override
    public void linkat(int fromDirFd, byte[] from, int toDirFd, byte[] to) throws SyscallException {
        byte[] source = cString(from);
        byte[] raw = cString(to);
        run("linkat", to, () -> LibC.linkat(fromDirFd, source, toDirFd, raw, 0));
    }

    @Override
    public void unlinkat(int dirFd, byte[] name, int flags) throws SyscallException {
        byte[] raw = cString(name);
        run("unlinkat", name, () -> LibC.unlinkat(dirFd, raw, flags));
    }

    @Override
    public void renameat2(int fromDirFd, byte[] from, int toDirFd, byte[] to, int flags)
            throws SyscallException {
        byte[] source = cString(from);
        byte[] raw = cString(to);
        run("renameat2", from, () -> LibC.renameat2(fromDirFd, source, toDirFd, raw, flags));
    }

    @Override
    public void fchmod(int fd, int permissions) throws SyscallException {
        run("fchmod", fd, () -> LibC.fchmod(fd, permissions));
    }

    @Override
    public void chmodHandle(int fd, int permissions) throws SyscallException {
        byte[] raw = procPath(fd);
        run("chmod", fd, () -> LibC.chmod(raw, permissions));
    }

    private static byte[] procPath(int fd) throws SyscallException {
        return cString(RawNames.of("/proc/self/fd/" + fd));
    }

    @Override
    public void fchown(int fd, long uid, long gid) throws SyscallException {
        run("fchown", fd, () -> LibC.fchown(fd, (int) uid, (int) gid));
    }

    @Override
    public void fchownat(int dirFd, byte[] name, long uid, long gid) throws SyscallException {
        byte[] raw = cString(name);
        int flags = AT_SYMLINK_NOFOLLOW;
        run("fchownat", name, () -> LibC.fchownat(dirFd, raw, (int) uid, (int) gid, flags));
    }

    @Override
    public void futimens(int fd, FileTime time) throws SyscallException {
        run("futimens", fd, () -> LibC.futimens(fd, times(time)));
    }

    @Override
    public void utimensat(int dirFd, byte[] name, FileTime time) throws SyscallException {
        byte[] raw = cString(name);
        byte[] both = times(time);
        run("utimensat", name, () -> LibC.utimensat(dirFd, raw, both, AT_SYMLINK_NOFOLLOW));
    }

    private static byte[] times(FileTime time) {
        ByteBuffer both = ByteBuffer.allocate(32).order(ByteOrder.nativeOrder());
        both.putLong(time.seconds()).putLong(time.nanos());
        both.putLong(time.seconds()).putLong(time.nanos());
        return both.array();
    }

    @Override
    public void fsetxattr(int fd, byte[] attribute, byte[] value) throws SyscallException {
        byte[] raw = cString(attribute);
        run("fsetxattr", attribute, () -> LibC.fsetxattr(fd, raw, value, value.length, 0));
    }

    @Override
    public void setxattrat(int dirFd, byte[] name, byte[] attribute, byte[] value)
            throws SyscallException {
        byte[] path = procPath(dirFd, name);
        byte[] raw = cString(attribute);
        run("lsetxattr", attribute, () -> LibC.lsetxattr(path, raw, value, value.length, 0));
    }

    @Override
    public void fremovexattr(int fd, byte[] attribute) throws SyscallException {
        byte[] raw = cString(attribute);
        run("fremovexattr", attribute, () -> LibC.fremovexattr(fd, raw));
    }

    @Override
    public byte[] getxattrat(int dirFd, byte[] name, byte[] attribute) throws SyscallException {
        byte[] path = procPath(dirFd, name);
        byte[] raw = cString(attribute);
        byte[] value = new byte[Xattrs.MAX_BYTES];
        long size =
                run("lgetxattr", attribute, () -> LibC.lgetxattr(path, raw, value, value.length));
        return Arrays.copyOf(value, (int) size);
    }

    @Override
    public byte[] fgetxattr(int fd, byte[] attribute) throws SyscallException {
        byte[] raw = cString(attribute);
        byte[] value = new byte[Xattrs.MAX_BYTES];
        long size = run("fgetxattr", attribute, () -> LibC.fgetxattr(fd, raw, value, value.length));
        return Arrays.copyOf(value, (int) size);
    }

    @Override
    public List<byte[]> listxattrat(int dirFd, byte[] name) throws SyscallException {
        // Most files have none: the large buffer is filled and copied for those that do.
        if (list(dirFd, name, new byte[0]) == 0) {
            return List.of();
        }
        byte[] names = new byte[Xattrs.MAX_BYTES];
        long size = list(dirFd, name, names);
        return Xattrs.split(names, (int) size);
    }

    private long list(int dirFd, byte[] name, byte[] into) throws SyscallException {
        if (listsAt) {
            byte[] raw = cString(name);
            int flags = atFlags(name);
            try {
                return run(
                        "listxattrat",
                        name,
                        () -> LibC.syscall(SYS_LISTXATTRAT, dirFd, raw, flags, into, into.length));
            } catch (SyscallException e) {
                if (!e.is(Errno.ENOSYS)) {
                    throw e;
                }
                listsAt = false;
            }
        }
        byte[] path = procPath(dirFd, name);
        return run("llistxattr", name, () -> LibC.llistxattr(path, into, into.length));
    }

    private static int atFlags(byte[] name) {
        return AT_SYMLINK_NOFOLLOW | (name.length == 0 ? AT_EMPTY_PATH : 0);
    }

    @Override
    public List<byte[]> flistxattr(int fd) throws SyscallException {
        byte[] names = new byte[Xattrs.MAX_BYTES];
        long size = run("flistxattr", fd, () -> LibC.flistxattr(fd, names, names.length));
        return Xattrs.split(names, (int) size);
    }

    @Override
    public byte[] readlinkat(int dirFd, byte[] name) throws SyscallException {
        byte[] raw = cString(name);
        byte[] target = new byte[PATH_MAX];
        long size =
                run("readlinkat", name, () -> LibC.readlinkat(dirFd, raw, target, target.length));
        return Arrays.copyOf(target, (int) size);
    }

    @Override
    public FileStat stat(int dirFd, byte[] name) throws SyscallException {
        byte[] raw = cString(name);
        byte[] buffer = new byte[256];
        int flags = atFlags(name);
        run("statx", name, () -> LibC.statx(dirFd, raw, flags, STATX_BASIC_STATS, buffer));
        return StatxLayout.read(buffer);
    }

    @Override
    public int getdents(int fd, byte[] buffer) throws SyscallException {
        return (int) run("getdents64", fd, () -> LibC.getdents64(fd, buffer, buffer.length));
    }

    @Override
    public void seek(int fd, long offset) throws SyscallException {
        run("lseek", fd, () -> LibC.lseek(fd, offset, 0));
    }

    @Override
    public void write(int fd, ByteBuffer direct) throws SyscallException {
        Pointer base = Native.getDirectBufferPointer(direct);
        while (direct.hasRemaining()) {
            Pointer from = base.share(direct.position());
            int rest = direct.remaining();
            long written = run("write", fd, () -> LibC.write(fd, from, rest));
            direct.position(direct.position() + (int) written);
        }
    }

    @Override
    public int read(int fd, ByteBuffer direct) throws SyscallException {
        Pointer to = Native.getDirectBufferPointer(direct).share(direct.position());
        int room = direct.remaining();
        int count = (int) run("read", fd, () -> LibC.read(fd, to, room));
        direct.position(direct.position() + count);
        return count;
    }

    @Override
    public void fsync(int fd) throws SyscallException {
        run("fsync", fd, () -> LibC.fsync(fd));
    }

    @Override
    public void syncfs(int fd) throws SyscallException {
        run("syncfs", fd, () -> LibC.syncfs(fd));
    }

    @Override
    public void fallocate(int fd, long bytes) throws SyscallException {
        run("fallocate", fd, () -> LibC.fallocate(fd, 0, 0, bytes));
    }

    @Override
    public FsStat statfs(int fd) throws SyscallException {
        byte[] buffer = new byte[256];
        run("fstatfs", fd, () -> LibC.fstatfs(fd, buffer));
        ByteBuffer data = ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder());
        long block = data.getLong(8);
        return new FsStat(
                data.getLong(0),
                data.getLong(16) * block,
                data.getLong(32) * block,
                data.getLong(40),
                data.getLong(48));
    }
}
