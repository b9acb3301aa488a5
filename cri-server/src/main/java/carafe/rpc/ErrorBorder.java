package carafe.rpc;

import carafe.base.CarafeException;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.List;

/**
 * The one place where a failure becomes a gRPC status. A {@link CarafeException}'s message goes to
 * the caller as it stands, without credentials; anything else is a defect and is named as one.
 */
final class ErrorBorder {
    /** Longest text for a caller; it travels in an HTTP/2 header. */
    static final int MAX_MESSAGE = 4096;

    private static final List<String> NAMES =
            List.of("RegistryUnavailable", "SignatureValidationFailed");

    private ErrorBorder() {}

    /**
     * What the caller gets.
     *
     * @param code name of the gRPC code
     * @param message redacted and bounded
     * @param expected whether the kind of failure was foreseen; others are logged with their stack
     * @param error for gRPC's observer
     */
    record Verdict(String code, String message, boolean expected, StatusException error) {}

    /** The verdict of a finished call. */
    static final String OK = Status.Code.OK.name();

    static Verdict of(String rpc, Throwable failure) {
        return switch (failure) {
            case CarafeException known when isNamed(known) ->
                    verdict(Status.UNKNOWN, text(known), true);
            case CarafeException known -> verdict(status(known), text(known), true);
            case Throwable defect ->
                    verdict(
                            Status.INTERNAL,
                            "defect in %s: %s; Carafe's log has the details"
                                    .formatted(rpc, summary(defect)),
                            false);
        };
    }

    /**
     * Whether it begins with an error name of the protocol. kubelet compares its texts with these
     * names after it has taken away the code, which it does for UNKNOWN only.
     */
    private static boolean isNamed(CarafeException failure) {
        return NAMES.stream().anyMatch(text(failure)::startsWith);
    }

    /** The caller is gone, by its deadline or by hanging up. */
    static Verdict abandoned(String rpc, boolean deadlinePassed) {
        return deadlinePassed
                ? verdict(
                        Status.DEADLINE_EXCEEDED, rpc + ": the caller's deadline has passed", true)
                : verdict(Status.CANCELLED, rpc + ": the caller hung up", true);
    }

    private static Status status(CarafeException failure) {
        return switch (failure) {
            case CarafeException.NotFound _ -> Status.NOT_FOUND;
            case CarafeException.Exists _ -> Status.ALREADY_EXISTS;
            case CarafeException.Invalid _ -> Status.INVALID_ARGUMENT;
            case CarafeException.Precondition _ -> Status.FAILED_PRECONDITION;
            case CarafeException.Exhausted _ -> Status.RESOURCE_EXHAUSTED;
            case CarafeException.Unavailable _ -> Status.UNAVAILABLE;
            case CarafeException.Denied _ -> Status.PERMISSION_DENIED;
            case CarafeException.Deadline _ -> Status.DEADLINE_EXCEEDED;
            case CarafeException.Unsupported _ -> Status.UNIMPLEMENTED;
            case CarafeException.Internal _ -> Status.INTERNAL;
        };
    }

    private static String text(CarafeException failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName() + " without a message"
                : message;
    }

    private static String summary(Throwable defect) {
        String name = defect.getClass().getSimpleName();
        String message = defect.getMessage();
        return message == null ? name : name + ": " + message;
    }

    private static Verdict verdict(Status status, String message, boolean expected) {
        String redacted = Redaction.of(message);
        String bounded =
                redacted.length() <= MAX_MESSAGE
                        ? redacted
                        : redacted.substring(0, MAX_MESSAGE - 1) + "…";
        return new Verdict(
                status.getCode().name(),
                bounded,
                expected,
                status.withDescription(bounded).asException());
    }
}
