package carafe.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * The C library's functions, bound directly. The process itself is the library, so nothing is
 * searched for. Every function throws the errno that was set inside its own call.
 */
final class LibC {
    static {
        Native.register(LibC.class, NativeLibrary.getProcess());
    }

    private LibC() {}

    static native long syscall(long number, long a, long b, long c, long d, long e)
            throws LastErrorException;

    static native long syscall(long number, long a, byte[] b, byte[] c, long d, long e)
            throws LastErrorException;

    static native long syscall(long number, byte[] a, long b) throws LastErrorException;

    static native long syscall(long number, int a, byte[] b, int c) throws LastErrorException;

    static native int umount2(byte[] path, int flags) throws LastErrorException;

    static native int open(byte[] path, int flags, int mode) throws LastErrorException;

    static native int close(int fd) throws LastErrorException;

    static native long read(int fd, byte[] buffer, long size) throws LastErrorException;

    static native long write(int fd, byte[] buffer, long size) throws LastErrorException;

    static native int ftruncate(int fd, long size) throws LastErrorException;

    static native int fchmod(int fd, int mode) throws LastErrorException;

    static native int mkdir(byte[] path, int mode) throws LastErrorException;

    static native int rmdir(byte[] path) throws LastErrorException;

    static native int pipe2(int[] fds, int flags) throws LastErrorException;

    static native int fcntl(int fd, int command, long argument) throws LastErrorException;

    static native int flock(int fd, int operation) throws LastErrorException;

    static native int statfs(byte[] path, byte[] buffer) throws LastErrorException;

    static native int memfd_create(byte[] name, int flags) throws LastErrorException;

    static native int eventfd(int value, int flags) throws LastErrorException;

    static native int epoll_create1(int flags) throws LastErrorException;

    static native int epoll_ctl(int epoll, int operation, int fd, byte[] event)
            throws LastErrorException;

    static native int epoll_wait(int epoll, Pointer events, int max, int timeoutMillis)
            throws LastErrorException;

    static native int getsockopt(int fd, int level, int name, byte[] value, int[] size)
            throws LastErrorException;

    static native int socket(int domain, int type, int protocol) throws LastErrorException;

    static native int connect(int fd, byte[] address, int size) throws LastErrorException;

    static native int bind(int fd, byte[] address, int size) throws LastErrorException;

    static native int listen(int fd, int backlog) throws LastErrorException;

    /** Without asking for the peer's address: both are 0. */
    static native int accept4(int fd, long address, long size, int flags) throws LastErrorException;

    static native int setsockopt(int fd, int level, int name, byte[] value, int size)
            throws LastErrorException;

    static native long sendmsg(int fd, Pointer message, int flags) throws LastErrorException;

    static native long recvmsg(int fd, Pointer message, int flags) throws LastErrorException;

    static native int geteuid();
}
