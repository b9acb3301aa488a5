package carafe.shim.pod;

import carafe.shim.sys.SyscallException;
import carafe.shim.wire.Reply;

/** A failed step of role pod, as it is reported to the daemon. Carries no stack trace. */
final class Step extends Exception {
    private static final long serialVersionUID = 1L;

    private final String step;
    private final String path;
    private final int errno;

    Step(String step, SyscallException cause) {
        super(cause.getMessage());
        this.step = step;
        this.path = cause.subject();
        this.errno = cause.errno();
    }

    Step(String step, String path, String text) {
        super(text);
        this.step = step;
        this.path = path;
        this.errno = 0;
    }

    Reply.Failed report() {
        String text = getMessage();
        return new Reply.Failed(step, path, errno, text == null ? step : text);
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
