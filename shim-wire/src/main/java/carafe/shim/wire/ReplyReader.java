package carafe.shim.wire;

/** The replies out of their bytes. */
final class ReplyReader {
    private ReplyReader() {}

    static Reply read(int type, FieldReader in) throws WireException {
        return switch (type) {
            case MessageType.CREATED -> created(in);
            case MessageType.POD_READY -> podReady(in);
            case MessageType.DONE -> named(in, "Done", new Reply.Done());
            case MessageType.FAILED -> failed(in);
            case MessageType.STATE -> state(in);
            case MessageType.EXITED -> exited(in);
            case MessageType.EXEC_STARTED -> execStarted(in);
            case MessageType.OUTPUT -> output(in);
            case MessageType.EXEC_EXITED -> execExited(in);
            case MessageType.ATTACHED -> named(in, "Attached", new Reply.Attached());
            case MessageType.ATTACH_ENDED -> named(in, "AttachEnded", new Reply.AttachEnded());
            case MessageType.SOCKET_READY -> named(in, "SocketReady", new Reply.SocketReady());
            default -> throw in.unknown("type", type);
        };
    }

    private static Reply created(FieldReader in) throws WireException {
        in.nowReading("Created");
        return new Reply.Created(pid(in), in.nonNegative("startTicks"));
    }

    private static Reply podReady(FieldReader in) throws WireException {
        in.nowReading("PodReady");
        return new Reply.PodReady(pid(in), in.nonNegative("startTicks"));
    }

    private static Reply named(FieldReader in, String type, Reply reply) {
        in.nowReading(type);
        return reply;
    }

    private static Reply failed(FieldReader in) throws WireException {
        in.nowReading("Failed");
        return new Reply.Failed(
                in.text("step"), in.text("path"), in.count("errno"), in.text("text"));
    }

    private static Reply state(FieldReader in) throws WireException {
        in.nowReading("State");
        int phase = in.u8("phase");
        return new Reply.State(
                switch (phase) {
                    case 1 -> Reply.Phase.CREATED;
                    case 2 -> Reply.Phase.RUNNING;
                    case 3 -> Reply.Phase.EXITED;
                    default -> throw in.unknown("phase", phase);
                },
                pid(in),
                in.nonNegative("startTicks"),
                in.nonNegative("lostLogBytes"));
    }

    private static Reply exited(FieldReader in) throws WireException {
        in.nowReading("Exited");
        return new Reply.Exited(
                code(in), signal(in), in.flag("oomKilled"), in.u64("finishedAtNanos"));
    }

    private static Reply execStarted(FieldReader in) throws WireException {
        in.nowReading("ExecStarted");
        return new Reply.ExecStarted(pid(in));
    }

    private static Reply output(FieldReader in) throws WireException {
        in.nowReading("Output");
        int stream = in.u8("stream");
        return new Reply.Output(
                switch (stream) {
                    case 1 -> Reply.Stream.STDOUT;
                    case 2 -> Reply.Stream.STDERR;
                    default -> throw in.unknown("stream", stream);
                },
                in.bytes("bytes", Frames.MAX_CHUNK_BYTES));
    }

    private static Reply execExited(FieldReader in) throws WireException {
        in.nowReading("ExecExited");
        int code = code(in);
        int signal = signal(in);
        int end = in.u8("end");
        return new Reply.ExecExited(
                code,
                signal,
                switch (end) {
                    case 1 -> Reply.ExecEnd.DRAINED;
                    case 2 -> Reply.ExecEnd.OUTPUT_HELD_OPEN;
                    case 3 -> Reply.ExecEnd.TIMED_OUT;
                    case 4 -> Reply.ExecEnd.ABORTED;
                    default -> throw in.unknown("end", end);
                });
    }

    private static int pid(FieldReader in) throws WireException {
        return in.ranged("pid", 1, Integer.MAX_VALUE);
    }

    private static int code(FieldReader in) throws WireException {
        return in.ranged("code", 0, 255);
    }

    private static int signal(FieldReader in) throws WireException {
        return in.ranged("signal", 0, 64);
    }
}
