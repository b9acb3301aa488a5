package carafe.runtime.shim;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.shim.wire.Reply;

/** The shim's failed step as the error that a user sees. */
final class FailedStep {
    private static final int ENOEXEC = 8;

    private FailedStep() {}

    /**
     * @param doing what was asked of the shim, with the id
     */
    static CarafeException of(String doing, Reply.Failed failed) {
        String message = message(doing, failed);
        StepFailure cause = new StepFailure(failed);
        return switch (failed.errno()) {
            case 0,
                    Errno.ENOENT,
                    Errno.EACCES,
                    Errno.ENOTDIR,
                    Errno.EISDIR,
                    Errno.ELOOP,
                    Errno.ENAMETOOLONG,
                    Errno.EINVAL,
                    ENOEXEC ->
                    new CarafeException.Invalid(message, cause);
            case Errno.EBUSY, Errno.ESRCH -> new CarafeException.Precondition(message, cause);
            case Errno.ENOMEM,
                    Errno.ENOSPC,
                    Errno.EDQUOT,
                    Errno.EMFILE,
                    Errno.ENFILE,
                    Errno.EAGAIN ->
                    new CarafeException.Exhausted(message, cause);
            default -> new CarafeException.Internal(message, cause);
        };
    }

    private static String message(String doing, Reply.Failed failed) {
        StringBuilder text = new StringBuilder(doing).append(": ").append(failed.text());
        if (!failed.path().isEmpty() && !failed.text().contains(failed.path())) {
            text.append(": ").append(failed.path());
        }
        text.append(" (step ").append(failed.step());
        if (failed.errno() != 0) {
            text.append(", ").append(Errno.describe(failed.errno()));
        }
        return text.append(')').toString();
    }
}
