package carafe.linux.quota;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** The C library's functions for quotas, bound directly. */
final class LibC {
    static {
        Native.register(LibC.class, NativeLibrary.getProcess());
    }

    private LibC() {}

    static native int ioctl(int fd, long request, byte[] argument) throws LastErrorException;

    static native long syscall(long number, long fd, long command, long id, byte[] argument)
            throws LastErrorException;
}
