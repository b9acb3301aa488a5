package carafe.linux;

import java.io.IOException;

/** A system call that the kernel answered with an error. */
public final class SyscallException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final String subject;
    private final int errno;

    /**
     * @param call the system call's name
     * @param subject what it was asked about: a path, a pid, a cgroup; may be empty
     * @param errno the kernel's answer, positive
     */
    public SyscallException(String call, String subject, int errno) {
        super(call + (subject.isEmpty() ? "" : " " + subject) + ": " + Errno.describe(errno));
        this.call = call;
        this.subject = subject;
        this.errno = errno;
    }

    /** The system call's name. */
    public String call() {
        return call;
    }

    /** What the call was asked about. */
    public String subject() {
        return subject;
    }

    /** The error number, one of {@link Errno} in most cases. */
    public int errno() {
        return errno;
    }

    /** Whether the kernel's answer was this error number. */
    public boolean is(int wanted) {
        return errno == wanted;
    }
}
