package carafe.shim.control;

import carafe.shim.child.Child;
import carafe.shim.child.Children;
import carafe.shim.child.HookStage;
import carafe.shim.record.OwnLog;
import carafe.shim.sys.Buffer;
import carafe.shim.sys.Errno;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Reply;
import carafe.shim.wire.Request;
import org.jspecify.annotations.Nullable;

/** The life of the container, in {@link Stage}s. */
final class Container implements Party, ChildProcess.Reports {
    private static final int STATUS_BYTES = 4096;
    private static final int NONE_HELD = -1;

    private final Syscalls sys;
    private final Surroundings parts;
    private final ChildProcess init;
    private final Announcement announcement;
    private final HookChild hooks;
    private final Ending ending;
    private final InitHandle handle;
    private final Callers callers = new Callers();
    private Stage stage = Stage.MAKING;
    private Reply.@Nullable Failed failure;
    private long startedAtNanos;
    private int heldStatus = NONE_HELD;
    private int polledStatus = PollSet.ABSENT;
    private int polledResult = PollSet.ABSENT;

    /**
     * @param child forked to make the container
     * @param children what runs its hooks
     */
    Container(Syscalls sys, Surroundings parts, Child child, Children children) {
        this.sys = sys;
        this.parts = parts;
        Buffer buffer = sys.memory().allocate(STATUS_BYTES);
        this.init = new ChildProcess(sys, child, parts.setupSignal(), buffer);
        this.announcement = new Announcement(sys, parts);
        this.hooks = new HookChild(sys, children, buffer);
        this.ending = new Ending(sys, parts);
        this.handle = new InitHandle(sys.processes(), parts.cgroup());
    }

    Surroundings parts() {
        return parts;
    }

    int initPidfd() {
        return handle.pidfd();
    }

    Stage stage() {
        return stage;
    }

    /** Whether it has ended and its exit record is written. */
    boolean isRecorded() {
        return stage == Stage.EXITED && ending.isOver() && !hooks.isRunning();
    }

    /** Whether it has ended and nobody needs its record or its late output any more. */
    boolean isDeleted() {
        return stage == Stage.EXITED && callers.isDeletionWanted() && parts.removal().isOver();
    }

    /** Why creating or starting it has failed, null = it has not. */
    Reply.@Nullable Failed failure() {
        return failure;
    }

    Reply.State state() {
        int pid = Math.max(init.pid(), 1);
        return new Reply.State(stage.phase(), pid, handle.startTicks(), parts.pump().lostBytes());
    }

    void start(Client client) {
        if (stage != Stage.CREATED) {
            client.finish(Failures.of("start", Errno.EBUSY, "the container is not just created"));
            return;
        }
        stage = Stage.STARTING;
        callers.awaitStart(client);
        if (!init.go()) {
            failed(Failures.of("start", Errno.EPIPE, "the container's first process is gone"));
        }
    }

    Reply kill(Request.Kill kill) {
        if (init.pid() == 0 || ending.exited() != null) {
            return Failures.of("kill", Errno.ESRCH, "the container has ended");
        }
        return handle.kill(kill);
    }

    void watch(Client client) {
        client.send(state());
        ending.watch(client);
    }

    void delete(Client client) {
        if (stage == Stage.STARTING || stage == Stage.RUNNING) {
            client.finish(Failures.of("delete", Errno.EBUSY, "the container runs"));
            return;
        }
        callers.awaitDeletion(client);
        if (stage == Stage.EXITED) {
            hooks.kill();
            client.finish(new Reply.Done());
        } else if (stage == Stage.MAKING || stage == Stage.CREATED) {
            init.kill();
        }
    }

    /** Gives up creating it. */
    void abandon(Reply.Failed reason) {
        failure = failure == null ? reason : failure;
        stage = Stage.ABANDONED;
    }

    /** Ends what has been started of a container that will not be. */
    void clearAway() {
        hooks.kill();
        parts.cgroup().killAll();
        init.kill();
        init.close();
        if (hooks.haveEverRun()) {
            parts.removal().begin();
        }
    }

    /** Takes note of an ended child; whether it was init. */
    boolean reaped(int pid, int waitStatus) {
        init.read(this);
        if (hooks.reaped(pid, waitStatus)) {
            hooksEnded();
            return false;
        }
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
        stage = Stage.ENDING;
        init.close();
        ending.begin(waitStatus, failure != null, handle.isKilled());
    }

    private void hooksEnded() {
        Reply.Failed problem = hooks.failure();
        if (problem != null) {
            hooksFailed(problem);
        } else if (stage == Stage.MAKING && !init.proceed()) {
            abandon(Failures.of("hooks", Errno.EPIPE, "the container's maker is gone"));
        } else if (stage == Stage.RUNNING) {
            callers.answerStart(new Reply.Done());
        }
    }

    private void hooksFailed(Reply.Failed problem) {
        if (stage == Stage.MAKING || stage == Stage.RUNNING) {
            failed(problem);
            init.kill();
        } else {
            new OwnLog(sys.files(), "control").say(problem.step() + ": " + problem.text());
        }
    }

    private void runHooks(HookStage when, int pid) {
        Reply.Failed problem = hooks.begin(when, pid);
        if (problem != null) {
            hooksFailed(problem);
        }
    }

    @Override
    public void join(PollSet polls) {
        polledStatus = polls.add(init.statusFd(), PollSet.IN);
        polledResult = polls.add(parts.result().fd(), 0);
    }

    @Override
    public long deadlineNanos() {
        return ending.deadlineNanos();
    }

    @Override
    public void serve(PollSet polls) {
        if (polls.events(polledStatus) != 0) {
            init.read(this);
        }
        if (stage == Stage.MAKING) {
            if (polls.events(polledResult) != 0) {
                abandon(Announcement.nobodyAsks());
            } else if (announcement.isPossible()) {
                announce();
            }
        }
        if (stage == Stage.ENDING && ending.isDrained()) {
            finish();
        } else if (stage == Stage.EXITED) {
            ending.recordAgain();
        }
    }

    @Override
    public void born() {
        try {
            handle.open(init.pid());
            parts.terminal().forward(parts.pump());
        } catch (SyscallException e) {
            failed(Failures.of("init", e));
        }
    }

    @Override
    public void waiting() {
        runHooks(HookStage.CREATE, init.setupPid());
    }

    @Override
    public void ready() {
        announcement.initIsReady();
    }

    @Override
    public void closed() {
        if (stage == Stage.MAKING) {
            String text = "the container could not be made; its maker ended without a reason";
            abandon(Failures.of("init", 0, text));
        } else if (stage == Stage.STARTING) {
            stage = Stage.RUNNING;
            startedAtNanos = sys.processes().nanos(ProcessCalls.CLOCK_REALTIME);
            if (parts.facts().poststart() && heldStatus == NONE_HELD) {
                runHooks(HookStage.POSTSTART, init.pid());
            } else {
                callers.answerStart(new Reply.Done());
            }
            endIfHeld();
        }
    }

    @Override
    public void failed(Reply.Failed reason) {
        if (stage == Stage.MAKING) {
            abandon(reason);
        } else {
            failure = reason;
            callers.answerStart(reason);
            if (parts.facts().hasProgram()) {
                // It does not end by itself because its program has failed.
                init.kill();
            }
            endIfHeld();
        }
    }

    private void announce() {
        Reply.Failed problem = announcement.make(init.pid(), handle.startTicks());
        if (problem == null) {
            stage = Stage.CREATED;
        } else {
            abandon(problem);
        }
    }

    private void finish() {
        ending.record(init.pid(), handle.startTicks(), startedAtNanos, failure);
        stage = Stage.EXITED;
        callers.answerStart(
                startedAtNanos > 0 && failure == null
                        ? new Reply.Done()
                        : Failures.of(
                                "start", Errno.ESRCH, "the container ended while it started"));
        callers.answerDeletion();
    }
}
