package carafe.shim.wire;

/** The requests out of their bytes. */
final class RequestReader {
    private RequestReader() {}

    static Request read(int type, FieldReader in) throws WireException {
        return switch (type) {
            case MessageType.STATE_REQUEST -> named(in, "State", new Request.State());
            case MessageType.START -> named(in, "Start", new Request.Start());
            case MessageType.KILL -> kill(in);
            case MessageType.REOPEN_LOG -> named(in, "ReopenLog", new Request.ReopenLog());
            case MessageType.WATCH -> named(in, "Watch", new Request.Watch());
            case MessageType.DELETE -> named(in, "Delete", new Request.Delete());
            case MessageType.EXEC -> exec(in);
            case MessageType.STDIN -> stdin(in);
            case MessageType.STDIN_END -> named(in, "StdinEnd", new Request.StdinEnd());
            case MessageType.RESIZE -> resize(in);
            case MessageType.ABORT -> named(in, "Abort", new Request.Abort());
            case MessageType.ATTACH -> attach(in);
            case MessageType.OPEN_SOCKET -> openSocket(in);
            case MessageType.OPEN_NETLINK -> openNetlink(in);
            default -> throw in.unknown("type", type);
        };
    }

    private static Request named(FieldReader in, String type, Request request) {
        in.nowReading(type);
        return request;
    }

    private static Request kill(FieldReader in) throws WireException {
        in.nowReading("Kill");
        int signal = in.ranged("signal", 1, 64);
        int target = in.u8("target");
        return new Request.Kill(
                signal,
                switch (target) {
                    case 1 -> Request.Target.INIT;
                    case 2 -> Request.Target.ALL;
                    default -> throw in.unknown("target", target);
                });
    }

    private static Request exec(FieldReader in) throws WireException {
        in.nowReading("Exec");
        byte[] process = in.bytes("process", Frames.MAX_BODY_BYTES);
        byte[][] args = in.cStrings("args");
        if (args.length == 0) {
            throw new WireException("Exec: args is empty, must name a program");
        }
        return new Request.Exec(
                process,
                args,
                in.cStrings("env"),
                in.cString("cwd"),
                in.count("timeoutMillis"),
                in.count("drainMillis"),
                in.flag("stdin"),
                in.flag("terminal"));
    }

    private static Request attach(FieldReader in) throws WireException {
        in.nowReading("Attach");
        return new Request.Attach(in.flag("stdin"), in.flag("stdout"), in.flag("stderr"));
    }

    private static Request openSocket(FieldReader in) throws WireException {
        in.nowReading("OpenSocket");
        return new Request.OpenSocket(
                in.ranged("pid", 1, Integer.MAX_VALUE),
                in.nonNegative("startTicks"),
                in.ranged("port", 1, 0xffff));
    }

    private static Request openNetlink(FieldReader in) throws WireException {
        in.nowReading("OpenNetlink");
        return new Request.OpenNetlink(
                in.ranged("pid", 1, Integer.MAX_VALUE), in.nonNegative("startTicks"));
    }

    private static Request stdin(FieldReader in) throws WireException {
        in.nowReading("Stdin");
        return new Request.Stdin(in.bytes("bytes", Frames.MAX_CHUNK_BYTES));
    }

    private static Request resize(FieldReader in) throws WireException {
        in.nowReading("Resize");
        return new Request.Resize(in.ranged("columns", 0, 0xffff), in.ranged("rows", 0, 0xffff));
    }
}
