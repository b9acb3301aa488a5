package carafe.runtime.shim;

import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import java.io.IOException;
import java.time.Duration;

/** How conversations with shims are opened. Thread-safe. */
final class ShimTalk {
    private final int owner;
    private final Deadlines deadlines;

    /**
     * @param owner whose sockets are believed: the id of this daemon's user
     */
    ShimTalk(int owner, Deadlines deadlines) {
        this.owner = owner;
        this.deadlines = deadlines;
    }

    ShimConnection open(String doing, Bundle bundle, Duration deadline) throws ShimGoneException {
        return ShimConnection.open(doing, bundle.directory(), owner, deadlines, deadline);
    }

    /** One request that is answered by Done. */
    void done(String doing, Bundle bundle, Request request, Duration deadline) {
        try (ShimConnection connection = open(doing, bundle, deadline)) {
            connection.send(request);
            switch (connection.receive()) {
                case Reply.Done _ -> {}
                case Reply.Failed failed -> throw FailedStep.of(doing, failed);
                default -> throw unexpected(doing);
            }
        } catch (ShimGoneException e) {
            throw e.unavailable();
        }
    }

    /** The first answer to a Watch. */
    Reply.State state(String doing, ShimConnection connection) throws ShimGoneException {
        return switch (connection.receive()) {
            case Reply.State state -> state;
            // What a shim on its last steps tells those who still wait.
            case Reply.Failed failed when failed.errno() == Errno.ESRCH ->
                    throw new ShimGoneException(doing, new IOException(failed.text()));
            case Reply.Failed failed -> throw FailedStep.of(doing, failed);
            default -> throw unexpected(doing);
        };
    }

    CarafeException unexpected(String doing) {
        return new CarafeException.Internal(
                doing + ": the shim gave an answer to another question");
    }
}
