package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.runtime.port.ShimException;
import java.util.Set;

/** What a shim's failures mean to the caller. */
final class ShimErrors {
    private static final int ENOENT = 2;
    private static final int E2BIG = 7;
    private static final int ENOEXEC = 8;
    private static final int EACCES = 13;
    private static final int ENOTDIR = 20;
    private static final int EISDIR = 21;
    private static final int ELOOP = 40;

    /** Failures that the request or the image brought about. */
    private static final Set<Integer> OF_REQUEST =
            Set.of(ENOENT, E2BIG, ENOEXEC, EACCES, ENOTDIR, EISDIR, ELOOP);

    /** Steps at which the shim refuses, without a system call's failure, what it was asked for. */
    private static final Set<String> REFUSING =
            Set.of(
                    "devices.make",
                    "mounts.source",
                    "mounts.target",
                    "process.cwd",
                    "process.exec",
                    "sysctl");

    private static final String OF_IMAGE_VOLUME = "volumes.";

    private ShimErrors() {}

    static CarafeException creating(String id, ShimException e) {
        return of("create container " + id, e);
    }

    /** A refusal (0) can only be of what the sub path leads to. */
    private static CarafeException imageVolume(String message, ShimException.Failed failed) {
        String marked = MountRules.IMAGE_FAILED + message;
        return failed.errno() == 0 || OF_REQUEST.contains(failed.errno())
                ? new CarafeException.Invalid(marked, failed)
                : new CarafeException.Internal(marked, failed);
    }

    static CarafeException of(String what, ShimException e) {
        String message = what + ": " + e.getMessage();
        return switch (e) {
            case ShimException.Failed failed when failed.step().startsWith(OF_IMAGE_VOLUME) ->
                    imageVolume(message, failed);
            case ShimException.Failed failed when isOfRequest(failed) ->
                    new CarafeException.Invalid(message, failed);
            case ShimException.Failed failed -> new CarafeException.Internal(message, failed);
            case ShimException.Gone gone -> new CarafeException.Internal(message, gone);
            case ShimException.Late late -> new CarafeException.Deadline(message, late);
        };
    }

    private static boolean isOfRequest(ShimException.Failed failed) {
        return failed.errno() == 0
                ? REFUSING.contains(failed.step())
                : OF_REQUEST.contains(failed.errno());
    }
}
