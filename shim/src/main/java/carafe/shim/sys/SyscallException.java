package carafe.shim.sys;

import java.io.IOException;

/** A system call failed. Carries no stack trace: it says what was tried on what. */
public final class SyscallException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final String subject;
    private final int errno;

    /**
     * @param call name of the system call, lower case
     * @param subject path, descriptor or name it was about; may be empty
     * @param errno positive error number, see {@link Errno}
     */
    public SyscallException(String call, String subject, int errno) {
        this.call = call;
        this.subject = subject;
        this.errno = errno;
    }

    public String call() {
        return call;
    }

    public String subject() {
        return subject;
    }

    public int errno() {
        return errno;
    }

    @Override
    public String getMessage() {
        return call + (subject.isEmpty() ? "" : " " + subject) + ": " + Errno.text(errno);
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
