package carafe.demo;

import org.jspecify.annotations.Nullable;
import org.teavm.interop.Address;
import org.teavm.interop.Import;
import org.teavm.interop.Unmanaged;
import org.teavm.interop.c.Include;

/**
 * The few C library calls the demo needs. Pointers are memory of {@link #malloc}, never of the Java
 * heap, whose objects move.
 */
final class Libc {
    static final int AF_INET = 2;
    static final int SOCK_STREAM_CLOEXEC = 1 | 02000000;
    static final int SOL_SOCKET = 1;
    static final int SO_REUSEADDR = 2;
    static final int SO_RCVTIMEO = 20;
    static final int SIG_BLOCK = 0;
    static final short POLLIN = 1;

    private Libc() {}

    @Include("stdlib.h")
    @Import(name = "malloc")
    @Unmanaged
    static native Address malloc(long size);

    @Include("unistd.h")
    @Import(name = "read")
    @Unmanaged
    static native long read(int fd, Address to, long size);

    @Include("unistd.h")
    @Import(name = "write")
    @Unmanaged
    static native long write(int fd, Address from, long size);

    @Include("unistd.h")
    @Import(name = "close")
    @Unmanaged
    static native int close(int fd);

    @Include("unistd.h")
    @Import(name = "getpid")
    @Unmanaged
    static native int getpid();

    @Include("unistd.h")
    @Import(name = "gethostname")
    @Unmanaged
    static native int gethostname(Address to, long size);

    @Include("stdlib.h")
    @Import(name = "exit")
    @Unmanaged
    static native void exit(int code);

    @Include("sys/socket.h")
    @Import(name = "socket")
    @Unmanaged
    static native int socket(int domain, int type, int protocol);

    @Include("sys/socket.h")
    @Import(name = "setsockopt")
    @Unmanaged
    static native int setsockopt(int fd, int level, int name, Address value, int size);

    @Include("sys/socket.h")
    @Import(name = "bind")
    @Unmanaged
    static native int bind(int fd, Address address, int size);

    @Include("sys/socket.h")
    @Import(name = "connect")
    @Unmanaged
    static native int connect(int fd, Address address, int size);

    @Include("sys/socket.h")
    @Import(name = "listen")
    @Unmanaged
    static native int listen(int fd, int backlog);

    @Include("sys/socket.h")
    @Import(name = "accept")
    @Unmanaged
    static native int accept(int fd, @Nullable Address address, @Nullable Address size);

    @Include("poll.h")
    @Import(name = "poll")
    @Unmanaged
    static native int poll(Address fds, long count, int timeoutMillis);

    @Include("signal.h")
    @Import(name = "sigprocmask")
    @Unmanaged
    static native int sigprocmask(int how, Address set, @Nullable Address old);

    @Include("sys/signalfd.h")
    @Import(name = "signalfd")
    @Unmanaged
    static native int signalfd(int fd, Address set, int flags);
}
