package carafe.shim.control;

import carafe.shim.child.Child;
import carafe.shim.record.ExitRecord;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The life of the container.
 *
 * <pre>
 * MAKING ─ready, log open─▶ CREATED ─start─▶ STARTING ─execve─▶ RUNNING
 *    │                         │                 │                 │ init reaped
 *    ▼                         └────────┬────────┴─────────────────┘
 * ABANDONED                             ▼
 *                                    ENDING ─drained, or 2 s─▶ EXITED
 * </pre>
 */
final class Container implements Party, ChildProcess.Reports {
    private static final int DRAIN_MILLIS = 1900;
    private static final int START_FAILED = 128;
    private static final int STATUS_BYTES = 4096;
    private static final int NONE_HELD = -1;

    /** Where the life stands. */
    private enum Stage {
        MAKING,
        ABANDONED,
        CREATED,
        STARTING,
        RUNNING,
        ENDING,
        EXITED
    }

    private final Syscalls sys;
    private final Surroundings parts;
    private final ChildProcess init;
    private final Announcement announcement;
    private final ExitReport report;
    private final List<Client> watchers = new ArrayList<>();
    private Stage stage = Stage.MAKING;
    private Reply.@Nullable Failed failure;
    private Reply.@Nullable Exited exited;
    private @Nullable Client starter;
    private @Nullable Client deleter;
    private boolean ready;
    private boolean killed;
    private long oomKills;
    private int initPidfd = -1;
    private long startTicks;
    private long startedAtNanos;
    private long drainDeadlineNanos = NEVER;
    private int heldStatus = NONE_HELD;
    private int polledStatus = PollSet.ABSENT;
    private int polledResult = PollSet.ABSENT;

    /**
     * @param child forked to make the container
     */
    Container(Syscalls sys, Surroundings parts, Child child) {
        this.sys = sys;
        this.parts = parts;
        Buffer buffer = sys.memory().allocate(STATUS_BYTES);
        this.init = new ChildProcess(sys, child, parts.setupSignal(), buffer);
        this.announcement = new Announcement(sys, parts);
        this.report = new ExitReport(sys.files());
    }

    PumpLink pump() {
        return parts.pump();
    }

    Cgroup cgroup() {
        return parts.cgroup();
    }

    int setupSignal() {
        return parts.setupSignal();
    }

    int initPidfd() {
        return initPidfd;
    }

    boolean isRunning() {
        return stage == Stage.RUNNING;
    }

    /** Whether it never came to be. */
    boolean isAbandoned() {
        return stage == Stage.ABANDONED;
    }

    /** Whether it has ended and its exit record is written. */
    boolean isRecorded() {
        return stage == Stage.EXITED && report.isWritten() && parts.removal().isOver();
    }

    /** Whether it has ended and nobody needs its record or its late output any more. */
    boolean isDeleted() {
        return stage == Stage.EXITED && deleter != null && parts.removal().isOver();
    }

    /** Why creating or starting it has failed, null = it has not. */
    Reply.@Nullable Failed failure() {
        return failure;
    }

    Reply.State state() {
        Reply.Phase phase =
                switch (stage) {
                    case MAKING, CREATED, STARTING -> Reply.Phase.CREATED;
                    case RUNNING -> Reply.Phase.RUNNING;
                    case ABANDONED, ENDING, EXITED -> Reply.Phase.EXITED;
                };
        int pid = Math.max(init.pid(), 1);
        return new Reply.State(phase, pid, startTicks, parts.pump().lostBytes());
    }

    void start(Client client) {
        if (stage != Stage.CREATED) {
            client.finish(Failures.of("start", Errno.EBUSY, "the container is not just created"));
            return;
        }
        stage = Stage.STARTING;
        starter = client;
        if (!init.go()) {
            failed(Failures.of("start", Errno.EPIPE, "the container's first process is gone"));
        }
    }

    Reply kill(Request.Kill kill) {
        if (init.pid() == 0 || exited != null) {
            return Failures.of("kill", Errno.ESRCH, "the container has ended");
        }
        return switch (kill.target()) {
            case INIT -> killInit(kill.signal());
            case ALL -> {
                if (kill.signal() != ProcessCalls.SIGKILL) {
                    yield Failures.of("kill", Errno.EINVAL, "all get SIGKILL or nothing");
                }
                parts.cgroup().killAll();
                yield killInit(ProcessCalls.SIGKILL);
            }
        };
    }

    private Reply killInit(int signal) {
        try {
            sys.processes().signal(initPidfd, signal);
            killed |= signal == ProcessCalls.SIGKILL;
            return new Reply.Done();
        } catch (SyscallException e) {
            return Failures.of("kill", e);
        }
    }

    void watch(Client client) {
        client.send(state());
        if (exited != null && stage == Stage.EXITED) {
            client.finish(exited);
        } else {
            watchers.removeIf(watcher -> !watcher.isOpen());
            watchers.add(client);
        }
    }

    void delete(Client client) {
        switch (stage) {
            case STARTING, RUNNING ->
                    client.finish(Failures.of("delete", Errno.EBUSY, "the container runs"));
            case MAKING, CREATED -> {
                deleter = client;
                init.kill();
            }
            case ENDING, ABANDONED -> deleter = client;
            case EXITED -> {
                deleter = client;
                client.finish(new Reply.Done());
            }
        }
    }

    /** Gives up creating it. */
    void abandon(Reply.Failed reason) {
        failure = failure == null ? reason : failure;
        stage = Stage.ABANDONED;
    }

    /** Ends what has been started of a container that will not be. */
    void clearAway() {
        parts.cgroup().killAll();
        init.kill();
        init.close();
    }

    /** Takes note of an ended child; whether it was init. */
    boolean reaped(int pid, int waitStatus) {
        init.read(this);
        if (parts.removal().reaped(pid) || !init.reaped(pid)) {
            return false;
        }
        if (stage == Stage.MAKING) {
            String text = "the container's first process ended before it was ready";
            abandon(Failures.of("init", 0, text));
        } else if (stage == Stage.STARTING && init.statusFd() >= 0) {
            // The program that starts it has not said yet how that went.
            heldStatus = waitStatus;
        } else if (stage != Stage.ABANDONED) {
            end(waitStatus);
        }
        return true;
    }

    private void endIfHeld() {
        if (heldStatus != NONE_HELD) {
            end(heldStatus);
        }
    }

    private void end(int waitStatus) {
        int signal = Signals.signal(waitStatus);
        boolean neverStarted = failure != null;
        oomKills = parts.oom().grown();
        // A SIGKILL of our own is no want of memory, whatever befell a child before.
        boolean oomKilled = signal == ProcessCalls.SIGKILL && !killed && oomKills > 0;
        exited =
                new Reply.Exited(
                        neverStarted ? START_FAILED : Signals.code(waitStatus),
                        neverStarted ? 0 : signal,
                        oomKilled,
                        sys.processes().nanos(ProcessCalls.CLOCK_REALTIME));
        stage = Stage.ENDING;
        init.close();
        parts.cgroup().killAll();
        parts.removal().begin();
        parts.pump().drain(DRAIN_MILLIS);
        drainDeadlineNanos = nowNanos() + DRAIN_MILLIS * 1_000_000L;
    }

    @Override
    public void join(PollSet polls) {
        polledStatus = polls.add(init.statusFd(), PollSet.IN);
        polledResult = polls.add(parts.result().fd(), 0);
    }

    @Override
    public long deadlineNanos() {
        return stage == Stage.ENDING
                ? drainDeadlineNanos
                : Math.min(report.deadlineNanos(), parts.removal().deadlineNanos());
    }

    @Override
    public void serve(PollSet polls) {
        if (polls.events(polledStatus) != 0) {
            init.read(this);
        }
        if (stage == Stage.MAKING) {
            if (polls.events(polledResult) != 0) {
                abandon(Announcement.nobodyAsks());
            } else if (ready && announcement.isPossible()) {
                announce();
            }
        }
        boolean drained = parts.pump().hasEnded() || nowNanos() >= drainDeadlineNanos;
        if (stage == Stage.ENDING && drained && exited != null) {
            finish(exited);
        } else if (stage == Stage.EXITED) {
            report.writeAgain(nowNanos());
        }
    }

    @Override
    public void born() {
        startTicks = sys.processes().startTicks(init.pid());
        try {
            initPidfd = sys.processes().openPidfd(init.pid());
            parts.terminal().forward(parts.pump());
        } catch (SyscallException e) {
            failed(Failures.of("init", e));
        }
    }

    @Override
    public void ready() {
        ready = true;
    }

    @Override
    public void closed() {
        if (stage == Stage.MAKING) {
            String text = "the container could not be made; its maker ended without a reason";
            abandon(Failures.of("init", 0, text));
        } else if (stage == Stage.STARTING) {
            stage = Stage.RUNNING;
            startedAtNanos = sys.processes().nanos(ProcessCalls.CLOCK_REALTIME);
            answerStart(new Reply.Done());
            endIfHeld();
        }
    }

    @Override
    public void failed(Reply.Failed reason) {
        if (stage == Stage.MAKING) {
            abandon(reason);
        } else {
            failure = reason;
            answerStart(reason);
            if (parts.facts().hasProgram()) {
                // It does not end by itself because its program has failed.
                init.kill();
            }
            endIfHeld();
        }
    }

    private void answerStart(Reply reply) {
        if (starter != null) {
            starter.finish(reply);
            starter = null;
        }
    }

    private void announce() {
        Reply.Failed problem = announcement.make(init.pid(), startTicks);
        if (problem == null) {
            stage = Stage.CREATED;
        } else {
            abandon(problem);
        }
    }

    /** The record is on disk before anybody is told, if that can be. */
    private void finish(Reply.Exited end) {
        String startError = failure == null ? "" : failure.step() + ": " + failure.text();
        long lost = parts.pump().lostBytes();
        int pid = init.pid();
        report.write(
                new ExitRecord(pid, startTicks, startedAtNanos, end, oomKills, lost, startError),
                nowNanos());
        stage = Stage.EXITED;
        answerStart(Failures.of("start", Errno.ESRCH, "the container ended while it started"));
        for (Client watcher : watchers) {
            watcher.finish(end);
        }
        watchers.clear();
        if (deleter != null) {
            deleter.finish(new Reply.Done());
        }
    }

    private long nowNanos() {
        return sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC);
    }
}
