package carafe.probe;

import org.teavm.interop.Address;
import org.teavm.interop.Import;
import org.teavm.interop.Unmanaged;
import org.teavm.interop.c.Include;
import org.teavm.interop.c.Variable;

/** The few C library calls of the probe; pointers are memory of {@link #malloc}. */
final class Libc {
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_CLOEXEC = 02000000;
    static final int EINTR = 4;

    private Libc() {}

    /** Of the collector as shim-build changes it: from now on it grows before it collects. */
    @Include(value = "memory.h", isSystem = false)
    @Import(name = "carafe_growHeap")
    @Unmanaged
    static native void growHeap();

    @Include("stdlib.h")
    @Import(name = "malloc")
    @Unmanaged
    static native Address malloc(long size);

    @Include("fcntl.h")
    @Import(name = "open")
    @Unmanaged
    static native int open(Address path, int flags);

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
    @Import(name = "readlink")
    @Unmanaged
    static native long readLink(Address path, Address to, long size);

    @Include("unistd.h")
    @Import(name = "getpid")
    @Unmanaged
    static native int getpid();

    @Include("unistd.h")
    @Import(name = "pause")
    @Unmanaged
    static native int pause();

    @Include("unistd.h")
    @Import(name = "usleep")
    @Unmanaged
    static native int sleepMicros(int micros);

    @Include("sys/stat.h")
    @Import(name = "umask")
    @Unmanaged
    static native int umask(int mask);

    @Include("stdlib.h")
    @Import(name = "exit")
    @Unmanaged
    static native void exit(int code);

    @Include("unistd.h")
    @Import(name = "syscall")
    @Unmanaged
    static native long syscall(long number, long a, long b, long c, long d, long e);

    @Include("errno.h")
    @Import(name = "__errno_location")
    @Unmanaged
    static native Address errno();

    @Include("sys/syscall.h")
    @Import(name = "SYS_getpid")
    @Variable
    @Unmanaged
    static native int numberOfGetpid();
}
