package carafe.image.snapshot;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.SyscallException;

/** How a kernel error on the data disk is told to the caller. */
public final class Failures {
    private Failures() {}

    /**
     * @param what the use case and its subject
     */
    public static CarafeException of(String what, SyscallException why) {
        String message = what + ": " + why.getMessage();
        return switch (why.errno()) {
            case Errno.ENOSPC, Errno.EDQUOT ->
                    new CarafeException.Exhausted(
                            message + "; free space or inodes on the data disk", why);
            case Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM ->
                    new CarafeException.Exhausted(message, why);
            default -> new CarafeException.Internal(message, why);
        };
    }
}
