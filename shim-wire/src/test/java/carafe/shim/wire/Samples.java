package carafe.shim.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;

/** One or more messages of every kind, by the names used in the golden files. */
final class Samples {
    private Samples() {}

    static Map<String, Message> all() {
        return Map.ofEntries(
                Map.entry("state-request", new Request.State()),
                Map.entry("start", new Request.Start()),
                Map.entry("kill-init", new Request.Kill(15, Request.Target.INIT)),
                Map.entry("kill-all", new Request.Kill(9, Request.Target.ALL)),
                Map.entry("reopen-log", new Request.ReopenLog()),
                Map.entry("watch", new Request.Watch()),
                Map.entry("delete", new Request.Delete()),
                Map.entry("exec", exec()),
                Map.entry("exec-bare", bareExec()),
                Map.entry("stdin", new Request.Stdin(new byte[] {0, 1, (byte) 0xff})),
                Map.entry("stdin-end", new Request.StdinEnd()),
                Map.entry("resize", new Request.Resize(132, 43)),
                Map.entry("abort", new Request.Abort()),
                Map.entry("attach", new Request.Attach(true, true, false)),
                Map.entry("open-socket", new Request.OpenSocket(4711, 123_456_789_012L, 8080)),
                Map.entry("open-netlink", new Request.OpenNetlink(4711, 123_456_789_012L)),
                Map.entry("attached", new Reply.Attached()),
                Map.entry("attach-ended", new Reply.AttachEnded()),
                Map.entry("socket-ready", new Reply.SocketReady()),
                Map.entry("created", new Reply.Created(4711, 123_456_789_012L)),
                Map.entry("pod-ready", new Reply.PodReady(2, 0)),
                Map.entry("done", new Reply.Done()),
                Map.entry("failed", new Reply.Failed("rootfs.overlay", "/ü", 28, "no space left")),
                Map.entry("state-created", new Reply.State(Reply.Phase.CREATED, 7, 8, 0)),
                Map.entry("state-running", new Reply.State(Reply.Phase.RUNNING, 7, 8, 1L << 40)),
                Map.entry("state-exited", new Reply.State(Reply.Phase.EXITED, 7, 8, 9)),
                Map.entry("exited", new Reply.Exited(137, 9, true, 1_790_000_000_123_456_789L)),
                Map.entry("exec-started", new Reply.ExecStarted(99)),
                Map.entry("output-stdout", new Reply.Output(Reply.Stream.STDOUT, bytes("hi\n"))),
                Map.entry("output-stderr", new Reply.Output(Reply.Stream.STDERR, bytes(""))),
                Map.entry("exec-drained", new Reply.ExecExited(0, 0, Reply.ExecEnd.DRAINED)),
                Map.entry("exec-held", new Reply.ExecExited(7, 0, Reply.ExecEnd.OUTPUT_HELD_OPEN)),
                Map.entry("exec-timed-out", new Reply.ExecExited(137, 9, Reply.ExecEnd.TIMED_OUT)),
                Map.entry("exec-aborted", new Reply.ExecExited(255, 64, Reply.ExecEnd.ABORTED)));
    }

    /** The same messages, for tests that go through all of them. */
    static List<Message> messages() {
        return List.copyOf(all().values());
    }

    private static Request.Exec exec() {
        return new Request.Exec(
                bytes("{\"terminal\":false}"),
                new byte[][] {bytes("/bin/sh"), bytes("-c"), bytes("")},
                new byte[][] {bytes("A=b"), {'X', '=', (byte) 0xff}},
                bytes("/tmp"),
                1500,
                10_000,
                true,
                true);
    }

    private static Request.Exec bareExec() {
        byte[][] none = {};
        return new Request.Exec(
                bytes(""), new byte[][] {bytes("true")}, none, bytes("/"), 0, 0, false, false);
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
