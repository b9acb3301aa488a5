package carafe.linux.quota;

import carafe.linux.SyscallException;
import com.sun.jna.LastErrorException;

/**
 * The port for the kernel's calls about quotas, so that a test can answer for kernels and file
 * systems that it does not have. Arguments are the kernel's structures, read and written in place.
 * Thread-safe.
 */
public interface QuotaCalls {
    /** An ioctl(2) on an open file or directory. */
    void ioctl(int fd, long request, byte[] argument) throws SyscallException;

    /**
     * quotactl_fd(2), Linux 5.14, on the file system of an open file or directory.
     *
     * @param id of a project, unsigned
     */
    void quotactl(int fd, int command, int id, byte[] argument) throws SyscallException;

    /** The real kernel. */
    static QuotaCalls linux() {
        return new Linux();
    }

    /** Numbers of calls that are the same on every architecture. */
    final class Linux implements QuotaCalls {
        private static final long SYS_QUOTACTL_FD = 443;

        private Linux() {}

        @Override
        public void ioctl(int fd, long request, byte[] argument) throws SyscallException {
            try {
                LibC.ioctl(fd, request, argument);
            } catch (LastErrorException e) {
                throw new SyscallException("ioctl", Long.toHexString(request), e.getErrorCode());
            }
        }

        @Override
        public void quotactl(int fd, int command, int id, byte[] argument) throws SyscallException {
            try {
                LibC.syscall(
                        SYS_QUOTACTL_FD,
                        fd,
                        Integer.toUnsignedLong(command),
                        Integer.toUnsignedLong(id),
                        argument);
            } catch (LastErrorException e) {
                throw new SyscallException(
                        "quotactl", "project " + Integer.toUnsignedString(id), e.getErrorCode());
            }
        }
    }
}
