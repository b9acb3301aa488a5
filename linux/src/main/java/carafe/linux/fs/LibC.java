package carafe.linux.fs;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * The C library's file functions, bound directly. The process itself is the library, so nothing is
 * searched for. Every function throws the errno that was set inside its own call.
 */
final class LibC {
    static {
        Native.register(LibC.class, NativeLibrary.getProcess());
    }

    private LibC() {}

    static native long syscall(long number, int dirFd, byte[] path, byte[] how, long howSize)
            throws LastErrorException;

    static native long syscall(
            long number, int dirFd, byte[] path, int flags, byte[] list, long size)
            throws LastErrorException;

    static native int close(int fd) throws LastErrorException;

    static native int mkdirat(int dirFd, byte[] path, int mode) throws LastErrorException;

    static native int mknodat(int dirFd, byte[] path, int mode, long device)
            throws LastErrorException;

    static native int symlinkat(byte[] target, int dirFd, byte[] path) throws LastErrorException;

    static native int linkat(int fromFd, byte[] from, int toFd, byte[] to, int flags)
            throws LastErrorException;

    static native int unlinkat(int dirFd, byte[] path, int flags) throws LastErrorException;

    static native int renameat2(int fromFd, byte[] from, int toFd, byte[] to, int flags)
            throws LastErrorException;

    static native int fchmod(int fd, int mode) throws LastErrorException;

    static native int chmod(byte[] path, int mode) throws LastErrorException;

    static native int fchown(int fd, int uid, int gid) throws LastErrorException;

    static native int fchownat(int dirFd, byte[] path, int uid, int gid, int flags)
            throws LastErrorException;

    static native int futimens(int fd, byte[] times) throws LastErrorException;

    static native int utimensat(int dirFd, byte[] path, byte[] times, int flags)
            throws LastErrorException;

    static native int fsetxattr(int fd, byte[] name, byte[] value, long size, int flags)
            throws LastErrorException;

    static native int lsetxattr(byte[] path, byte[] name, byte[] value, long size, int flags)
            throws LastErrorException;

    static native int fremovexattr(int fd, byte[] name) throws LastErrorException;

    static native long lgetxattr(byte[] path, byte[] name, byte[] value, long size)
            throws LastErrorException;

    static native long fgetxattr(int fd, byte[] name, byte[] value, long size)
            throws LastErrorException;

    static native long llistxattr(byte[] path, byte[] names, long size) throws LastErrorException;

    static native long flistxattr(int fd, byte[] names, long size) throws LastErrorException;

    static native long readlinkat(int dirFd, byte[] path, byte[] buffer, long size)
            throws LastErrorException;

    static native int statx(int dirFd, byte[] path, int flags, int mask, byte[] buffer)
            throws LastErrorException;

    static native long getdents64(int fd, byte[] buffer, long size) throws LastErrorException;

    static native long lseek(int fd, long offset, int whence) throws LastErrorException;

    static native long write(int fd, Pointer buffer, long size) throws LastErrorException;

    static native long read(int fd, Pointer buffer, long size) throws LastErrorException;

    static native int fsync(int fd) throws LastErrorException;

    static native int syncfs(int fd) throws LastErrorException;

    static native int fallocate(int fd, int mode, long offset, long size) throws LastErrorException;

    static native int fstatfs(int fd, byte[] buffer) throws LastErrorException;
}
