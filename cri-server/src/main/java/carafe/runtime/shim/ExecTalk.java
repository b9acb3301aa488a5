package carafe.runtime.shim;

import carafe.base.CarafeException;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import carafe.streaming.api.Streams;
import java.time.Duration;
import java.util.List;

/** The conversation of one exec: request, output as it comes, result. */
final class ExecTalk {
    private static final Streams OUTPUT_ONLY = new Streams(false, true, true, false);

    private final ShimTalk talk;
    private final Bundle bundle;

    ExecTalk(ShimTalk talk, Bundle bundle) {
        this.talk = talk;
        this.bundle = bundle;
    }

    ExecResult run(ExecRequest request, OutputSink output) {
        String doing = "exec in container " + bundle.id();
        try (ShimConnection connection = talk.open(doing, bundle, request.deadline())) {
            connection.send(wire(request, OUTPUT_ONLY));
            while (true) {
                switch (connection.receive(
                        (stream, data, offset, length) ->
                                output.output(stream(stream), data, offset, length))) {
                    case Reply.ExecStarted _ -> {}
                    case Reply.ExecExited exited -> {
                        return result(doing, exited);
                    }
                    case Reply.Failed failed -> throw FailedStep.of(doing, failed);
                    default -> throw talk.unexpected(doing);
                }
            }
        } catch (ShimGoneException e) {
            throw new CarafeException.Precondition(doing + ": the container has ended", e);
        }
    }

    static Request.Exec wire(ExecRequest request, Streams streams) {
        return new Request.Exec(
                request.process(),
                array(request.args()),
                array(request.env()),
                request.cwd(),
                millis(request.timeout()),
                millis(request.drain()),
                streams.stdin(),
                streams.terminal());
    }

    private static byte[][] array(List<byte[]> list) {
        return list.toArray(byte[][]::new);
    }

    /** At least one unless zero, since zero means something else. */
    private static int millis(Duration duration) {
        if (duration.isZero()) {
            return 0;
        }
        return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
    }

    private static OutputSink.Stream stream(Reply.Stream stream) {
        return switch (stream) {
            case STDOUT -> OutputSink.Stream.STDOUT;
            case STDERR -> OutputSink.Stream.STDERR;
        };
    }

    private static ExecResult result(String doing, Reply.ExecExited exited) {
        ExecResult.End end =
                switch (exited.end()) {
                    case DRAINED -> ExecResult.End.DRAINED;
                    case OUTPUT_HELD_OPEN -> ExecResult.End.OUTPUT_HELD_OPEN;
                    case TIMED_OUT -> ExecResult.End.TIMED_OUT;
                    case ABORTED -> throw new CarafeException.Deadline(doing + ": cancelled");
                };
        return new ExecResult(exited.code(), exited.signal(), end);
    }
}
