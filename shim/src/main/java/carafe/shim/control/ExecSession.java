package carafe.shim.control;

import carafe.shim.child.Child;
import carafe.shim.child.ChildStatus;
import carafe.shim.child.StatusReader;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Reply;
import carafe.shim.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * One exec, from the fork to its last frame.
 *
 * <pre>
 * RUNNING ─process reaped, or killed by us─▶ DRAINING ─end of output─────────▶ CLOSING ─▶ DONE
 *    │                                          └─limit─▶ LAST_READ ──────────────▲
 *    └─could not be started───────────────────────────────────────────────────────┘
 * </pre>
 *
 * A client that goes away ends the session of the process. One that does not read stops the
 * process's output, and after the process's end has 30 s to take what is left.
 */
final class ExecSession implements Party, ClientFrames.Listener {
    private static final int STDOUT = 1;
    private static final int STDERR = 2;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    /** How long output is still read of a session that we have killed. */
    private static final long KILLED_DRAIN_NANOS = 500 * NANOS_PER_MILLI;

    private static final long STALL_NANOS = 30_000 * NANOS_PER_MILLI;

    /** As much as a pipe can be made to hold, so that no process can hold up the last read. */
    private static final int LAST_READ_BYTES = 1 << 20;

    /** Exit status of SIGKILL. */
    private static final int KILLED = ProcessCalls.SIGKILL;

    private enum Stage {
        RUNNING,
        DRAINING,
        LAST_READ,
        CLOSING,
        DONE
    }

    private final Syscalls sys;
    private final Cgroup cgroup;
    private final ExecIo io;
    private final Child child;
    private final int socket;
    private final long drainNanos;
    private final OutputRelay output;
    private final StdinRelay input;
    private final ClientFrames frames;
    private @Nullable StatusReader status;
    private Stage stage = Stage.RUNNING;
    private Reply.@Nullable ExecEnd forcedEnd;
    private int pid;
    private int waitStatus = KILLED;
    private boolean setupReaped;
    private boolean reaped;
    private boolean aborted;
    private long timeoutDeadline = NEVER;
    private long stageDeadline = NEVER;
    private int lastReadLeft = LAST_READ_BYTES;
    private final ExecPolls polled = new ExecPolls();

    /**
     * @param socket the client's, owned from here on
     * @param io our ends of the streams, owned from here on
     */
    ExecSession(ExecShared shared, ExecHeader header, Child child, ExecIo io, int socket) {
        this.sys = shared.sys();
        this.cgroup = shared.cgroup();
        this.io = io;
        this.child = child;
        this.socket = socket;
        this.drainNanos = header.drainMillis() * NANOS_PER_MILLI;
        this.output = new OutputRelay(sys, shared.frameBuffer(), socket);
        this.input = new StdinRelay(sys, io);
        this.frames = new ClientFrames(sys, shared.frameBuffer(), socket, this);
        this.status = new StatusReader(sys.files(), child.status(), shared.statusBuffer());
        if (header.timeoutMillis() > 0) {
            timeoutDeadline = nowNanos() + header.timeoutMillis() * NANOS_PER_MILLI;
        }
    }

    boolean isDone() {
        return stage == Stage.DONE;
    }

    /** Takes note of an ended child; whether it was one of this exec. */
    boolean reaped(int childPid, int childStatus) {
        if (childPid == child.setupPid()) {
            setupReaped = true;
            return true;
        }
        // A process that ends at once may be reaped before its report was read.
        readStatus();
        if (childPid != pid || reaped) {
            return false;
        }
        reaped = true;
        waitStatus = childStatus;
        if (stage == Stage.RUNNING) {
            drainUntil(nowNanos() + drainNanos);
        }
        return true;
    }

    /** The container has ended, so nothing of this one lives. */
    void containerEnded() {
        if (stage == Stage.RUNNING) {
            killSession();
        }
        if (stage == Stage.RUNNING || stage == Stage.DRAINING) {
            drainUntil(Math.min(stageDeadline, nowNanos() + KILLED_DRAIN_NANOS));
        }
    }

    @Override
    public void join(PollSet polls) {
        boolean reads = stage == Stage.RUNNING || stage == Stage.DRAINING;
        boolean blocked = output.isBlocked();
        int wanted = (reads && !input.isBlocked() ? PollSet.IN : 0) | (blocked ? PollSet.OUT : 0);
        polled.socket = polls.add(socket, wanted);
        polled.status = status == null ? PollSet.ABSENT : polls.add(child.status(), PollSet.IN);
        polled.stdin = polls.add(input.blockedFd(), PollSet.OUT);
        polled.stdout = polls.add(reads && !blocked ? io.stdout() : -1, PollSet.IN);
        polled.stderr = polls.add(reads && !blocked ? io.stderr() : -1, PollSet.IN);
    }

    @Override
    public long deadlineNanos() {
        return stage == Stage.RUNNING ? timeoutDeadline : stageDeadline;
    }

    @Override
    public void serve(PollSet polls) {
        if (polls.events(polled.status) != 0) {
            readStatus();
        }
        serveSocket(polls.events(polled.socket));
        if (polls.events(polled.stdin) != 0) {
            input.flush();
        }
        if (polls.events(polled.stdout) != 0 && !output.isBlocked()) {
            relayStdout();
        }
        if (polls.events(polled.stderr) != 0 && !output.isBlocked()) {
            relayStderr();
        }
        advance();
    }

    private void serveSocket(int events) {
        if ((events & PollSet.OUT) != 0) {
            output.flush();
        }
        if ((events & PollSet.IN) != 0) {
            frames.read();
        } else if ((events & (PollSet.HANGUP | PollSet.ERROR)) != 0) {
            aborted = true;
        }
    }

    private void relayStdout() {
        if (io.stdout() >= 0 && output.relay(io.stdout(), STDOUT) == 0) {
            io.closeStdout();
        }
    }

    private void relayStderr() {
        if (io.stderr() >= 0 && output.relay(io.stderr(), STDERR) == 0) {
            io.closeStderr();
        }
    }

    /** Goes on as far as possible without waiting. */
    private void advance() {
        if (stage == Stage.RUNNING) {
            endWhenTold();
        } else if (aborted) {
            // Its process has ended; who asked for it does not want the rest.
            killSession();
            close();
            return;
        }
        if (stage == Stage.DRAINING) {
            drain();
        }
        if (stage == Stage.LAST_READ) {
            readLast();
        }
        boolean sent = stage == Stage.CLOSING && (!output.isBlocked() || isLate());
        if (sent || output.isBroken()) {
            close();
        }
    }

    private boolean isLate() {
        return nowNanos() >= stageDeadline;
    }

    private void drain() {
        boolean late = isLate();
        boolean ended = io.stdout() < 0 && io.stderr() < 0 && !output.isBlocked();
        if (ended && (reaped || late)) {
            finish(Reply.ExecEnd.DRAINED);
        } else if (late) {
            stage = Stage.LAST_READ;
            stageDeadline = nowNanos() + STALL_NANOS;
        }
    }

    private void endWhenTold() {
        if (aborted || output.isBroken()) {
            forcedEnd = Reply.ExecEnd.ABORTED;
        } else if (nowNanos() >= timeoutDeadline) {
            forcedEnd = Reply.ExecEnd.TIMED_OUT;
        } else {
            return;
        }
        aborted = false;
        killSession();
        drainUntil(nowNanos() + Math.min(drainNanos, KILLED_DRAIN_NANOS));
    }

    private void drainUntil(long deadlineNanos) {
        stage = Stage.DRAINING;
        stageDeadline = deadlineNanos;
    }

    /** What the process itself had written is in the pipes still; then whoever holds them loses. */
    private void readLast() {
        boolean more = true;
        while (more && !output.isBlocked() && lastReadLeft > 0) {
            int out = io.stdout() < 0 ? 0 : output.relay(io.stdout(), STDOUT);
            int err = io.stderr() < 0 || output.isBlocked() ? 0 : output.relay(io.stderr(), STDERR);
            more = out > 0 || err > 0;
            lastReadLeft -= Math.max(out, 0) + Math.max(err, 0);
        }
        if (!output.isBlocked() || isLate()) {
            finish(Reply.ExecEnd.OUTPUT_HELD_OPEN);
        }
    }

    private void finish(Reply.ExecEnd end) {
        send(Signals.execExited(waitStatus, forcedEnd == null ? end : forcedEnd));
    }

    private void send(Reply last) {
        try {
            if (!output.isBlocked()) {
                output.send(Codec.encode(last));
            }
        } catch (WireException e) {
            aborted = true;
        }
        stage = Stage.CLOSING;
        stageDeadline = nowNanos() + STALL_NANOS;
    }

    private void readStatus() {
        while (status != null) {
            ChildStatus report = status.next();
            if (report == null) {
                return;
            }
            switch (report) {
                case ChildStatus.Born(int born) -> pid = born;
                case ChildStatus.Ready _ -> {}
                case ChildStatus.Closed _ -> started();
                case ChildStatus.Failed(String step, String path, int errno, String text) ->
                        failed(new Reply.Failed(step, path, errno, text));
            }
        }
    }

    private void started() {
        closeStatus();
        if (pid == 0) {
            failed(Failures.of("exec", Errno.ESRCH, "the container is not running"));
            return;
        }
        try {
            io.takeTerminalIfAny();
            output.send(Codec.encode(new Reply.ExecStarted(pid)));
        } catch (SyscallException e) {
            killSession();
            failed(Failures.of("exec.terminal", e));
        } catch (WireException e) {
            aborted = true;
        }
    }

    private void failed(Reply.Failed reason) {
        closeStatus();
        if (stage == Stage.RUNNING) {
            send(reason);
        }
    }

    private void closeStatus() {
        if (status != null) {
            sys.files().close(child.status());
            status = null;
        }
    }

    /** Its process group at once, then whoever is in the session but not in the group. */
    private void killSession() {
        try {
            if (pid == 0 && !setupReaped) {
                sys.processes().signalChild(child.setupPid(), ProcessCalls.SIGKILL);
            } else if (!reaped) {
                sys.processes().signalChild(pid, ProcessCalls.SIGKILL);
                sys.processes().signalGroup(pid, ProcessCalls.SIGKILL);
            }
        } catch (SyscallException e) {
            // It has ended by itself, or has no group of its own yet; its cgroup knows the rest.
        }
        cgroup.killSession(pid);
    }

    @Override
    public boolean takesInput() {
        return !input.isBlocked();
    }

    @Override
    public void input(Buffer from, int length) {
        input.accept(from, 0, length);
    }

    @Override
    public void inputEnd() {
        input.end();
    }

    @Override
    public void resize(int columns, int rows) {
        if (io.hasTerminal()) {
            try {
                sys.sockets().setWindowSize(io.stdout(), columns, rows);
            } catch (SyscallException e) {
                // The terminal is gone, and so is its size.
                return;
            }
        }
    }

    @Override
    public void abort() {
        aborted = true;
    }

    private void close() {
        stage = Stage.DONE;
        if (!reaped && forcedEnd == null && pid > 1) {
            killSession();
        }
        closeStatus();
        output.forget();
        input.forget();
        io.close();
        frames.free();
        sys.files().close(socket);
    }

    private long nowNanos() {
        return sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC);
    }

    /** Places in the current round's poll set. */
    private static final class ExecPolls {
        private int socket;
        private int status;
        private int stdin;
        private int stdout;
        private int stderr;
    }
}
