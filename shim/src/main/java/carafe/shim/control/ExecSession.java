package carafe.shim.control;

import carafe.shim.child.Child;
import carafe.shim.sys.Errno;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Reply;
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
 * A client that goes away, or whose time is over, ends the session of the process. After that, and
 * after the process's end, a client that does not read has 30 s to take what is left.
 */
final class ExecSession implements Party, ChildProcess.Reports {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    /** How long output is still read of a session that we have killed. */
    private static final long KILLED_DRAIN_NANOS = 500 * NANOS_PER_MILLI;

    private static final long STALL_NANOS = 30_000 * NANOS_PER_MILLI;

    /** How long the shim stays for the execs of a container that has ended. */
    private static final long CONTAINER_ENDED_NANOS = 2_000 * NANOS_PER_MILLI;

    private enum Stage {
        RUNNING,
        DRAINING,
        LAST_READ,
        CLOSING,
        DONE
    }

    private final Syscalls sys;
    private final Cgroup cgroup;
    private final ChildProcess process;
    private final ExecStreams streams;
    private final long drainNanos;
    private Stage stage = Stage.RUNNING;
    private Reply.@Nullable ExecEnd forcedEnd;
    private int waitStatus = ProcessCalls.SIGKILL;
    private long stageDeadline = NEVER;
    private long lastDeadline = NEVER;
    private int polledStatus;

    /**
     * @param child its descriptors are owned from here on
     * @param streams owned from here on
     */
    ExecSession(ExecShared shared, ExecHeader header, Child child, ExecStreams streams) {
        this.sys = shared.sys();
        this.cgroup = shared.cgroup();
        this.process = new ChildProcess(sys, child, shared.setupSignal(), shared.statusBuffer());
        this.streams = streams;
        this.drainNanos = header.drainMillis() * NANOS_PER_MILLI;
        if (header.timeoutMillis() > 0) {
            stageDeadline = nowNanos() + header.timeoutMillis() * NANOS_PER_MILLI;
        }
    }

    boolean isDone() {
        return stage == Stage.DONE;
    }

    /** Takes note of an ended child; whether it was the process of this exec. */
    boolean reaped(int pid, int status) {
        // A process that ends at once may be reaped before its reports are read.
        process.read(this);
        if (!process.reaped(pid)) {
            return false;
        }
        waitStatus = status;
        if (stage == Stage.RUNNING) {
            enter(Stage.DRAINING, drainNanos);
        }
        return true;
    }

    /** The container has ended, so nothing of this one lives. */
    void containerEnded() {
        lastDeadline = nowNanos() + CONTAINER_ENDED_NANOS;
        if (stage == Stage.RUNNING) {
            process.killSession(cgroup);
            enter(Stage.DRAINING, KILLED_DRAIN_NANOS);
        } else {
            stageDeadline = Math.min(stageDeadline, lastDeadline);
        }
    }

    @Override
    public void join(PollSet polls) {
        polledStatus = polls.add(process.statusFd(), PollSet.IN);
        boolean flowing = stage == Stage.RUNNING || stage == Stage.DRAINING;
        // What another runtime says before the process runs is no output of it.
        boolean starting = stage == Stage.RUNNING && process.statusFd() >= 0;
        if (flowing && !starting) {
            streams.join(polls);
        } else {
            streams.joinLast(polls);
        }
    }

    @Override
    public long deadlineNanos() {
        return stageDeadline;
    }

    @Override
    public void serve(PollSet polls) {
        if (polls.events(polledStatus) != 0) {
            process.read(this);
        }
        streams.serve(polls);
        advance();
    }

    /** Goes on as far as possible without waiting. */
    private void advance() {
        if (stage == Stage.RUNNING) {
            endWhenTold();
        } else if (streams.isAborted()) {
            // Whoever asked for it does not want the rest.
            process.killSession(cgroup);
            close();
            return;
        }
        if (stage == Stage.DRAINING) {
            drain();
        }
        if (stage == Stage.LAST_READ && (streams.readLast() || isLate())) {
            finish(Reply.ExecEnd.OUTPUT_HELD_OPEN);
        }
        boolean sent = stage == Stage.CLOSING && (!streams.isBlocked() || isLate());
        if (sent || streams.isBroken()) {
            close();
        }
    }

    private void endWhenTold() {
        if (streams.isAborted()) {
            forcedEnd = Reply.ExecEnd.ABORTED;
            streams.abortGranted();
        } else if (isLate()) {
            forcedEnd = Reply.ExecEnd.TIMED_OUT;
        } else {
            return;
        }
        process.killSession(cgroup);
        enter(Stage.DRAINING, Math.min(drainNanos, KILLED_DRAIN_NANOS));
    }

    private void drain() {
        boolean late = isLate();
        if (streams.hasEnded() && (process.isReaped() || late)) {
            finish(Reply.ExecEnd.DRAINED);
        } else if (late) {
            enter(Stage.LAST_READ, STALL_NANOS);
        }
    }

    private void enter(Stage next, long limitNanos) {
        stage = next;
        stageDeadline = Math.min(nowNanos() + limitNanos, lastDeadline);
    }

    private void finish(Reply.ExecEnd end) {
        sendLast(Signals.execExited(waitStatus, forcedEnd == null ? end : forcedEnd));
    }

    /** A client that has not made room by now does not learn how it ended. */
    private void sendLast(Reply last) {
        if (!streams.isBlocked()) {
            streams.send(last);
        }
        enter(Stage.CLOSING, STALL_NANOS);
    }

    @Override
    public void born() {
        // Its number is known; that it runs, only when its status pipe has closed.
        if (stage != Stage.RUNNING) {
            process.killSession(cgroup);
        }
    }

    @Override
    public void ready() {
        // Only init waits for a start.
    }

    @Override
    public void closed() {
        if (process.pid() == 0) {
            failed(Failures.of("exec", Errno.ESRCH, "the container is not running"));
            return;
        }
        try {
            streams.takeTerminal();
            if (!streams.isBlocked()) {
                streams.send(new Reply.ExecStarted(process.pid()));
            }
        } catch (SyscallException e) {
            process.killSession(cgroup);
            failed(Failures.of("exec.terminal", e));
        }
    }

    @Override
    public void failed(Reply.Failed reason) {
        if (stage == Stage.RUNNING) {
            sendLast(reason);
        }
    }

    private void close() {
        stage = Stage.DONE;
        stageDeadline = NEVER;
        process.close();
        streams.close();
    }

    private boolean isLate() {
        return nowNanos() >= stageDeadline;
    }

    private long nowNanos() {
        return sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC);
    }
}
