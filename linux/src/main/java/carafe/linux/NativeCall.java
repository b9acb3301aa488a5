package carafe.linux;

import com.sun.jna.LastErrorException;

/** One call of the C library. */
@FunctionalInterface
interface NativeCall {
    /**
     * Makes the call; a call that a signal interrupted is made again.
     *
     * @param call the system call's name, for the message
     * @param subject what it is about, for the message
     */
    static long run(String call, String subject, NativeCall code) throws SyscallException {
        while (true) {
            try {
                return code.run();
            } catch (LastErrorException e) {
                if (e.getErrorCode() != Errno.EINTR) {
                    throw new SyscallException(call, subject, e.getErrorCode());
                }
            }
        }
    }

    long run() throws LastErrorException;
}
