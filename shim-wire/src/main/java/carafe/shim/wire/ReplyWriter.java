package carafe.shim.wire;

/** The bytes of each reply. */
final class ReplyWriter {
    private static final int IDENTITY_BYTES = 4 + 8;

    private ReplyWriter() {}

    static byte[] write(Reply reply) throws WireException {
        return switch (reply) {
            case Reply.Created(int pid, long ticks) ->
                    identity("Created", MessageType.CREATED, pid, ticks);
            case Reply.PodReady(int pid, long ticks) ->
                    identity("PodReady", MessageType.POD_READY, pid, ticks);
            case Reply.Done _ -> empty("Done", MessageType.DONE);
            case Reply.Failed failed -> failed(failed);
            case Reply.State state -> state(state);
            case Reply.Exited exited -> exited(exited);
            case Reply.ExecStarted(int pid) -> execStarted(pid);
            case Reply.Output output -> output(output);
            case Reply.ExecExited exited -> execExited(exited);
            case Reply.Attached _ -> empty("Attached", MessageType.ATTACHED);
            case Reply.AttachEnded _ -> empty("AttachEnded", MessageType.ATTACH_ENDED);
            case Reply.SocketReady _ -> empty("SocketReady", MessageType.SOCKET_READY);
        };
    }

    private static byte[] empty(String type, int number) throws WireException {
        return new FieldWriter(type, number, 0).toFrame();
    }

    private static byte[] identity(String type, int number, int pid, long startTicks)
            throws WireException {
        Ranges.check(type, "pid", pid, 1, Integer.MAX_VALUE);
        Ranges.check(type, "startTicks", startTicks, 0, Long.MAX_VALUE);
        FieldWriter out = new FieldWriter(type, number, IDENTITY_BYTES);
        out.u32(pid);
        out.u64(startTicks);
        return out.toFrame();
    }

    private static byte[] failed(Reply.Failed failed) throws WireException {
        Ranges.check("Failed", "errno", failed.errno(), 0, Integer.MAX_VALUE);
        FieldWriter out = new FieldWriter("Failed", MessageType.FAILED, 64);
        out.text(failed.step());
        out.text(failed.path());
        out.u32(failed.errno());
        out.text(failed.text());
        return out.toFrame();
    }

    private static byte[] state(Reply.State state) throws WireException {
        Ranges.check("State", "pid", state.pid(), 1, Integer.MAX_VALUE);
        Ranges.check("State", "startTicks", state.startTicks(), 0, Long.MAX_VALUE);
        Ranges.check("State", "lostLogBytes", state.lostLogBytes(), 0, Long.MAX_VALUE);
        FieldWriter out = new FieldWriter("State", MessageType.STATE, 1 + IDENTITY_BYTES + 8);
        out.u8(
                switch (state.phase()) {
                    case CREATED -> 1;
                    case RUNNING -> 2;
                    case EXITED -> 3;
                });
        out.u32(state.pid());
        out.u64(state.startTicks());
        out.u64(state.lostLogBytes());
        return out.toFrame();
    }

    private static byte[] exited(Reply.Exited exited) throws WireException {
        checkEnd("Exited", exited.code(), exited.signal());
        FieldWriter out = new FieldWriter("Exited", MessageType.EXITED, 17);
        out.u32(exited.code());
        out.u32(exited.signal());
        out.u8(exited.oomKilled() ? 1 : 0);
        out.u64(exited.finishedAtNanos());
        return out.toFrame();
    }

    private static byte[] execStarted(int pid) throws WireException {
        Ranges.check("ExecStarted", "pid", pid, 1, Integer.MAX_VALUE);
        FieldWriter out = new FieldWriter("ExecStarted", MessageType.EXEC_STARTED, 4);
        out.u32(pid);
        return out.toFrame();
    }

    private static byte[] output(Reply.Output output) throws WireException {
        int length = output.bytes().length;
        Ranges.check("Output", "bytes", length, 0, Frames.MAX_CHUNK_BYTES);
        FieldWriter out = new FieldWriter("Output", MessageType.OUTPUT, 1 + 4 + length);
        out.u8(streamNumber(output.stream()));
        out.bytes(output.bytes());
        return out.toFrame();
    }

    private static byte[] execExited(Reply.ExecExited exited) throws WireException {
        checkEnd("ExecExited", exited.code(), exited.signal());
        FieldWriter out = new FieldWriter("ExecExited", MessageType.EXEC_EXITED, 9);
        out.u32(exited.code());
        out.u32(exited.signal());
        out.u8(
                switch (exited.end()) {
                    case DRAINED -> 1;
                    case OUTPUT_HELD_OPEN -> 2;
                    case TIMED_OUT -> 3;
                    case ABORTED -> 4;
                });
        return out.toFrame();
    }

    private static int streamNumber(Reply.Stream stream) {
        return switch (stream) {
            case STDOUT -> 1;
            case STDERR -> 2;
        };
    }

    private static void checkEnd(String type, int code, int signal) throws WireException {
        Ranges.check(type, "code", code, 0, 255);
        Ranges.check(type, "signal", signal, 0, 64);
    }
}
