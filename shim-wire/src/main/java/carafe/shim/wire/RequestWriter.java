package carafe.shim.wire;

/** The bytes of each request. */
final class RequestWriter {
    private static final int MAX_SIGNAL = 64;
    private static final int MAX_CELLS = 0xffff;
    private static final int MAX_PORT = 0xffff;

    private RequestWriter() {}

    static byte[] write(Request request) throws WireException {
        return switch (request) {
            case Request.State _ -> empty("State", MessageType.STATE_REQUEST);
            case Request.Start _ -> empty("Start", MessageType.START);
            case Request.Kill kill -> kill(kill);
            case Request.ReopenLog _ -> empty("ReopenLog", MessageType.REOPEN_LOG);
            case Request.Watch _ -> empty("Watch", MessageType.WATCH);
            case Request.Delete _ -> empty("Delete", MessageType.DELETE);
            case Request.Exec exec -> exec(exec);
            case Request.Stdin(byte[] bytes) -> stdin(bytes);
            case Request.StdinEnd _ -> empty("StdinEnd", MessageType.STDIN_END);
            case Request.Resize resize -> resize(resize);
            case Request.Abort _ -> empty("Abort", MessageType.ABORT);
            case Request.Attach attach -> attach(attach);
            case Request.OpenSocket socket -> openSocket(socket);
            case Request.OpenNetlink netlink -> openNetlink(netlink);
        };
    }

    private static byte[] empty(String type, int number) throws WireException {
        return new FieldWriter(type, number, 0).toFrame();
    }

    private static byte[] kill(Request.Kill kill) throws WireException {
        Ranges.check("Kill", "signal", kill.signal(), 1, MAX_SIGNAL);
        FieldWriter out = new FieldWriter("Kill", MessageType.KILL, 5);
        out.u32(kill.signal());
        out.u8(
                switch (kill.target()) {
                    case INIT -> 1;
                    case ALL -> 2;
                });
        return out.toFrame();
    }

    private static byte[] exec(Request.Exec exec) throws WireException {
        Ranges.check("Exec", "args count", exec.args().length, 1, Frames.MAX_BODY_BYTES);
        Ranges.check("Exec", "timeoutMillis", exec.timeoutMillis(), 0, Integer.MAX_VALUE);
        Ranges.check("Exec", "drainMillis", exec.drainMillis(), 0, Integer.MAX_VALUE);
        noNul("args", exec.args());
        noNul("env", exec.env());
        FieldReader.checkNoNul("Exec", "cwd", exec.cwd());
        FieldWriter out = new FieldWriter("Exec", MessageType.EXEC, 0);
        out.bytes(exec.process());
        out.list(exec.args());
        out.list(exec.env());
        out.bytes(exec.cwd());
        out.u32(exec.timeoutMillis());
        out.u32(exec.drainMillis());
        out.u8(exec.stdin() ? 1 : 0);
        out.u8(exec.terminal() ? 1 : 0);
        return out.toFrame();
    }

    private static void noNul(String field, byte[][] values) throws WireException {
        for (byte[] value : values) {
            FieldReader.checkNoNul("Exec", field, value);
        }
    }

    private static byte[] attach(Request.Attach attach) throws WireException {
        FieldWriter out = new FieldWriter("Attach", MessageType.ATTACH, 3);
        out.u8(attach.stdin() ? 1 : 0);
        out.u8(attach.stdout() ? 1 : 0);
        out.u8(attach.stderr() ? 1 : 0);
        return out.toFrame();
    }

    private static byte[] openSocket(Request.OpenSocket socket) throws WireException {
        Ranges.check("OpenSocket", "pid", socket.pid(), 1, Integer.MAX_VALUE);
        Ranges.check("OpenSocket", "startTicks", socket.startTicks(), 0, Long.MAX_VALUE);
        Ranges.check("OpenSocket", "port", socket.port(), 1, MAX_PORT);
        FieldWriter out = new FieldWriter("OpenSocket", MessageType.OPEN_SOCKET, 16);
        out.u32(socket.pid());
        out.u64(socket.startTicks());
        out.u32(socket.port());
        return out.toFrame();
    }

    private static byte[] openNetlink(Request.OpenNetlink netlink) throws WireException {
        Ranges.check("OpenNetlink", "pid", netlink.pid(), 1, Integer.MAX_VALUE);
        Ranges.check("OpenNetlink", "startTicks", netlink.startTicks(), 0, Long.MAX_VALUE);
        FieldWriter out = new FieldWriter("OpenNetlink", MessageType.OPEN_NETLINK, 12);
        out.u32(netlink.pid());
        out.u64(netlink.startTicks());
        return out.toFrame();
    }

    private static byte[] stdin(byte[] bytes) throws WireException {
        Ranges.check("Stdin", "bytes", bytes.length, 0, Frames.MAX_CHUNK_BYTES);
        FieldWriter out = new FieldWriter("Stdin", MessageType.STDIN, 4 + bytes.length);
        out.bytes(bytes);
        return out.toFrame();
    }

    private static byte[] resize(Request.Resize resize) throws WireException {
        Ranges.check("Resize", "columns", resize.columns(), 0, MAX_CELLS);
        Ranges.check("Resize", "rows", resize.rows(), 0, MAX_CELLS);
        FieldWriter out = new FieldWriter("Resize", MessageType.RESIZE, 8);
        out.u32(resize.columns());
        out.u32(resize.rows());
        return out.toFrame();
    }
}
