package carafe.shim.control;

import carafe.shim.child.Child;
import carafe.shim.child.ChildStatus;
import carafe.shim.child.StatusReader;
import carafe.shim.record.BundleRecords;
import carafe.shim.record.ExitRecord;
import carafe.shim.record.OwnLog;
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
final class Container implements Party {
    private static final long DRAIN_NANOS = 1_900_000_000L;
    private static final int START_FAILED = 128;
    private static final byte[] GO = {1};

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
    private final BundleRecords records;
    private final OwnLog ownLog;
    private final Buffer statusBuffer;
    private final List<Client> watchers = new ArrayList<>();
    private Stage stage = Stage.MAKING;
    private @Nullable Child child;
    private @Nullable StatusReader status;
    private Reply.@Nullable Failed failure;
    private Reply.@Nullable Exited exited;
    private @Nullable Client starter;
    private @Nullable Client deleter;
    private boolean ready;
    private boolean setupReaped;
    private boolean initReaped;
    private int init;
    private int initPidfd = -1;
    private long startTicks;
    private long startedAtNanos;
    private long drainDeadlineNanos = NEVER;
    private int polledStatus = PollSet.ABSENT;
    private int polledResult = PollSet.ABSENT;

    Container(Syscalls sys, Surroundings parts) {
        this.sys = sys;
        this.parts = parts;
        this.records = new BundleRecords(sys.files());
        this.ownLog = new OwnLog(sys.files(), "control");
        this.statusBuffer = sys.memory().allocate(4096);
    }

    /** Follows the child that was forked to make the container. */
    void follow(Child created) {
        child = created;
        status = new StatusReader(sys.files(), created.status(), statusBuffer);
    }

    /** Whether creating it has failed, and why; null = it has not. */
    Reply.@Nullable Failed failure() {
        return failure;
    }

    /** Gives up creating it. */
    void fail(Reply.Failed reason) {
        failed(reason);
    }

    PumpLink pump() {
        return parts.pump();
    }

    Cgroup cgroup() {
        return parts.cgroup();
    }

    /** Whether it has ended and its exit record is written. */
    boolean hasRecord() {
        return stage == Stage.EXITED;
    }

    /** Whether the container was never there, or is gone and recorded. */
    boolean isOver() {
        return stage == Stage.ABANDONED || stage == Stage.EXITED;
    }

    boolean isRunning() {
        return stage == Stage.RUNNING;
    }

    /** Whether nobody needs its late output any more. */
    boolean isDeleted() {
        return deleter != null;
    }

    int initPidfd() {
        return initPidfd;
    }

    Reply.State state() {
        Reply.Phase phase =
                switch (stage) {
                    case MAKING, CREATED, STARTING -> Reply.Phase.CREATED;
                    case RUNNING -> Reply.Phase.RUNNING;
                    case ABANDONED, ENDING, EXITED -> Reply.Phase.EXITED;
                };
        return new Reply.State(phase, Math.max(init, 1), startTicks, parts.pump().lostBytes());
    }

    void start(Client client) {
        Child created = child;
        if (stage != Stage.CREATED || created == null) {
            client.finish(Failures.of("start", Errno.EBUSY, "the container is not just created"));
            return;
        }
        stage = Stage.STARTING;
        starter = client;
        sys.files().write(created.start(), GO, 0, 1);
        sys.files().close(created.start());
    }

    Reply kill(Request.Kill kill) {
        if (init == 0 || exited != null) {
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

    void reopenLog(Client client) {
        parts.pump().reopen(client);
    }

    void delete(Client client) {
        switch (stage) {
            case STARTING, RUNNING ->
                    client.finish(Failures.of("delete", Errno.EBUSY, "the container runs"));
            case MAKING, CREATED -> {
                deleter = client;
                killInit(ProcessCalls.SIGKILL);
            }
            case ENDING, ABANDONED -> deleter = client;
            case EXITED -> {
                deleter = client;
                client.finish(new Reply.Done());
            }
        }
    }

    /** Takes note of an ended child; whether it was init. */
    boolean reaped(int pid, int waitStatus) {
        readStatus();
        if (child != null && pid == child.setupPid()) {
            setupReaped = true;
        }
        if (pid != init || exited != null) {
            return false;
        }
        initReaped = true;
        if (stage == Stage.MAKING) {
            abandon("init", "the container's first process ended before it was ready");
            return true;
        }
        int signal = Signals.signal(waitStatus);
        boolean oom = signal == ProcessCalls.SIGKILL && parts.oom().hasGrown();
        boolean neverStarted = failure != null;
        exited =
                new Reply.Exited(
                        neverStarted ? START_FAILED : Signals.code(waitStatus),
                        neverStarted ? 0 : signal,
                        oom,
                        sys.processes().nanos(ProcessCalls.CLOCK_REALTIME));
        stage = Stage.ENDING;
        parts.cgroup().killAll();
        parts.pump().drain();
        drainDeadlineNanos = nowNanos() + DRAIN_NANOS;
        return true;
    }

    @Override
    public void join(PollSet polls) {
        polledStatus = status == null || child == null ? PollSet.ABSENT : poll(polls, child);
        polledResult = polls.add(parts.result().fd(), 0);
    }

    private static int poll(PollSet polls, Child child) {
        return polls.add(child.status(), PollSet.IN);
    }

    @Override
    public long deadlineNanos() {
        return stage == Stage.ENDING ? drainDeadlineNanos : NEVER;
    }

    @Override
    public void serve(PollSet polls) {
        if (polls.events(polledStatus) != 0) {
            readStatus();
        }
        if (stage == Stage.MAKING) {
            if (polls.events(polledResult) != 0) {
                abandon("create", "whoever asked for the container is gone");
            } else {
                announceWhenReady();
            }
        }
        if (stage == Stage.ENDING && mayFinish()) {
            finish();
        }
    }

    private boolean mayFinish() {
        return parts.pump().hasEnded() || nowNanos() >= drainDeadlineNanos;
    }

    /** Reads all there is: the reports come before the end that they explain. */
    private void readStatus() {
        while (status != null) {
            ChildStatus report = status.next();
            if (report == null) {
                return;
            }
            switch (report) {
                case ChildStatus.Born(int pid) -> born(pid);
                case ChildStatus.Ready _ -> ready = true;
                case ChildStatus.Closed _ -> closed();
                case ChildStatus.Failed(String step, String path, int errno, String text) ->
                        failed(new Reply.Failed(step, path, errno, text));
            }
        }
    }

    private void born(int pid) {
        init = pid;
        startTicks = sys.processes().startTicks(pid);
        try {
            initPidfd = sys.processes().openPidfd(pid);
            parts.terminal().forward(parts.pump());
        } catch (SyscallException e) {
            failed(Failures.of("init", e));
        }
    }

    /** The status pipe closes itself at the execve. */
    private void closed() {
        closeStatus();
        if (stage == Stage.MAKING) {
            abandon("init", "the container could not be made; its maker ended without a reason");
        } else if (stage == Stage.STARTING) {
            stage = Stage.RUNNING;
            startedAtNanos = sys.processes().nanos(ProcessCalls.CLOCK_REALTIME);
            answerStart(new Reply.Done());
        }
    }

    private void failed(Reply.Failed reason) {
        closeStatus();
        failure = reason;
        if (stage == Stage.MAKING) {
            stage = Stage.ABANDONED;
        } else {
            answerStart(reason);
        }
    }

    private void abandon(String step, String text) {
        if (failure == null) {
            failure = Failures.of(step, 0, text);
        }
        stage = Stage.ABANDONED;
    }

    private void answerStart(Reply reply) {
        if (starter != null) {
            starter.finish(reply);
            starter = null;
        }
    }

    private void closeStatus() {
        if (child != null) {
            sys.files().close(child.status());
        }
        status = null;
    }

    private void announceWhenReady() {
        PumpLink pump = parts.pump();
        if (!ready || !pump.hasTriedToOpen()) {
            return;
        }
        if (pump.openErrno() != 0) {
            int errno = pump.openErrno();
            failure =
                    new Reply.Failed("log.open", parts.facts().logPath(), errno, logProblem(errno));
            stage = Stage.ABANDONED;
            return;
        }
        try {
            int own = sys.processes().pid();
            records.writePids(own, sys.processes().startTicks(own), init, startTicks);
        } catch (SyscallException e) {
            failure = Failures.of("bundle.pid", e);
            stage = Stage.ABANDONED;
            return;
        }
        stage = Stage.CREATED;
        parts.result().send(new Reply.Created(init, startTicks));
    }

    private static String logProblem(int errno) {
        return errno == Errno.EINVAL
                ? "the log must be a regular file"
                : "the log cannot be opened: " + Errno.text(errno);
    }

    /** The record is on disk before anybody is told. */
    private void finish() {
        Reply.Exited end = exited;
        if (end == null) {
            return;
        }
        String startError = failure == null ? "" : failure.step() + ": " + failure.text();
        try {
            records.write(
                    new ExitRecord(
                            init,
                            startTicks,
                            startedAtNanos,
                            end,
                            parts.pump().lostBytes(),
                            startError));
        } catch (SyscallException e) {
            ownLog.say("exit record: " + e.getMessage());
        }
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

    /** Ends what has been started of a container that will not be. */
    void clearAway() {
        parts.cgroup().killAll();
        killChild(initReaped ? 0 : init);
        if (child != null) {
            killChild(setupReaped ? 0 : child.setupPid());
            sys.files().close(child.start());
        }
    }

    private long nowNanos() {
        return sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC);
    }

    private void killChild(int pid) {
        if (pid > 1) {
            try {
                sys.processes().signalChild(pid, ProcessCalls.SIGKILL);
            } catch (SyscallException e) {
                return;
            }
        }
    }
}
