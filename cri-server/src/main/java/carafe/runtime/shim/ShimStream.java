package carafe.runtime.shim;

import carafe.base.CarafeException;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import carafe.streaming.api.ContainerStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An exec or attach as its shim serves it: one connection, whose back-pressure is the stream's. */
final class ShimStream implements ContainerStream {
    private static final Logger LOG = LoggerFactory.getLogger(ShimStream.class);

    private final String doing;
    private final Request first;
    private final ShimTalk talk;
    private final ShimConnection connection;

    private ShimStream(String doing, Request first, ShimTalk talk, ShimConnection connection) {
        this.doing = doing;
        this.first = first;
        this.talk = talk;
        this.connection = connection;
    }

    /**
     * @param first Exec or Attach
     * @param deadline for the shim to say that it has begun, or why not
     */
    static ShimStream open(
            String doing, ShimTalk talk, Bundle bundle, Request first, Duration deadline) {
        try {
            ShimConnection connection = talk.open(doing, bundle, deadline);
            try {
                connection.send(first);
                return new ShimStream(doing, first, talk, connection);
            } catch (ShimGoneException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (ShimGoneException e) {
            throw ended(doing, e);
        }
    }

    @Override
    public Event receive() {
        try {
            while (true) {
                switch (connection.receive()) {
                    case Reply.ExecStarted _, Reply.Attached _ -> connection.liftDeadline();
                    case Reply.Output(Reply.Stream stream, byte[] bytes) -> {
                        return new Output(source(stream), bytes);
                    }
                    case Reply.ExecExited exited -> {
                        return new Exited(exited.code());
                    }
                    case Reply.AttachEnded _ -> {
                        return new Ended();
                    }
                    case Reply.Failed failed -> throw FailedStep.of(doing, failed);
                    default -> throw talk.unexpected(doing);
                }
            }
        } catch (ShimGoneException e) {
            throw lost(e);
        }
    }

    private CarafeException lost(ShimGoneException e) {
        return first instanceof Request.Attach
                ? new CarafeException.Unavailable(
                        doing
                                + ": the connection was lost; a client that does not keep up with"
                                + " the output is dropped",
                        e)
                : ended(doing, e);
    }

    private static Source source(Reply.Stream stream) {
        return switch (stream) {
            case STDOUT -> Source.STDOUT;
            case STDERR -> Source.STDERR;
        };
    }

    @Override
    public void input(byte[] bytes) {
        send(new Request.Stdin(bytes));
    }

    @Override
    public void endInput() {
        send(new Request.StdinEnd());
    }

    @Override
    public void resize(int columns, int rows) {
        send(new Request.Resize(columns, rows));
    }

    /**
     * That the shim takes nothing any more is no news: how it ended is told by {@link #receive}. A
     * shim that closes with input unread resets the connection for whoever writes first, while its
     * last words still wait to be read.
     */
    private void send(Request request) {
        try {
            connection.send(request);
        } catch (ShimGoneException e) {
            LOG.atDebug().addKeyValue("doing", doing).log("Input after the shim's end is dropped");
        }
    }

    private static CarafeException ended(String doing, ShimGoneException e) {
        String why = e.getCause() == null ? "" : " (" + e.getCause().getMessage() + ")";
        return new CarafeException.Precondition(doing + ": the container has ended" + why, e);
    }

    @Override
    public void close() {
        connection.close();
    }
}
