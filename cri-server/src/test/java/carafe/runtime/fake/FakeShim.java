package carafe.runtime.fake;

import carafe.runtime.port.ContainerShim;
import carafe.runtime.port.Exit;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.ShimException;
import carafe.runtime.port.ShimState;
import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.Streams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One container's shim in memory. It outlives the runtime under test, as the real one does. */
public final class FakeShim implements ContainerShim {
    private final FakeShims node;
    private final ProcessId control;
    private final ProcessId init;
    private final List<ExitListener> listeners = new ArrayList<>();
    private ShimState.Phase phase = ShimState.Phase.CREATED;
    private @Nullable Exit record;
    private boolean silent;
    private boolean ignoresSignals;
    private boolean ignoresKill;
    private @Nullable String startFailure;
    private int reopened;

    FakeShim(FakeShims node, ProcessId control, ProcessId init) {
        this.node = node;
        this.control = control;
        this.init = init;
    }

    /** Its stop signals change nothing. */
    public synchronized void ignoreSignals() {
        ignoresSignals = true;
    }

    /** Its next stop signal ends it again. */
    public synchronized void heedSignals() {
        ignoresSignals = false;
    }

    /** Not even SIGKILL ends it, as in state D. */
    public synchronized void ignoreKill(boolean ignores) {
        ignoresKill = ignores;
    }

    /** It answers nothing until told otherwise, as if stopped. */
    public synchronized void setSilent(boolean isSilent) {
        silent = isSilent;
    }

    /** Its first process cannot be executed. */
    public synchronized void failStart(String why) {
        startFailure = why;
    }

    public synchronized int reopened() {
        return reopened;
    }

    /** Its first process ends by itself. */
    public void exit(int code) {
        end(new Exit(code, 0, false, 0, node.now()));
    }

    /** Its first process is ended by the kernel for want of memory. */
    public void oom() {
        end(new Exit(137, 9, true, 1, node.now()));
    }

    /** The shim itself is killed and leaves no record. */
    public void die() {
        List<ExitListener> told;
        synchronized (this) {
            told = List.copyOf(listeners);
            listeners.clear();
        }
        node.processes().end(control);
        told.forEach(each -> Thread.ofVirtual().start(each::lost));
    }

    private void end(Exit exit) {
        List<ExitListener> told;
        synchronized (this) {
            if (record != null) {
                return;
            }
            record = exit;
            phase = ShimState.Phase.EXITED;
            told = List.copyOf(listeners);
            listeners.clear();
        }
        node.processes().end(init);
        node.processes().end(control);
        told.forEach(each -> Thread.ofVirtual().start(() -> each.exited(exit)));
    }

    @Override
    public ShimState state(Duration deadline) throws ShimException {
        check("state");
        synchronized (this) {
            return new ShimState(phase, init);
        }
    }

    @Override
    public void start(Duration deadline) throws ShimException {
        node.faults()
                .run(
                        "shim.start",
                        () -> {
                            check("start");
                            doStart();
                            return true;
                        },
                        FakeShims::failed);
    }

    private void doStart() throws ShimException {
        String failure;
        synchronized (this) {
            failure = startFailure;
            phase = ShimState.Phase.RUNNING;
        }
        if (failure != null) {
            end(new Exit(128, 0, false, 0, node.now()));
            throw new ShimException.Failed("exec", failure, 2, "no such file or directory");
        }
    }

    @Override
    public void signal(int number, Duration deadline) throws ShimException {
        check("signal");
        boolean ends;
        synchronized (this) {
            ends = !ignoresSignals;
        }
        if (ends) {
            end(new Exit(128 + number, number, false, 0, node.now()));
        }
    }

    @Override
    public void killAll(Duration deadline) throws ShimException {
        check("killAll");
        boolean ends;
        synchronized (this) {
            ends = !ignoresKill;
        }
        if (ends) {
            end(new Exit(137, 9, false, 0, node.now()));
        }
    }

    @Override
    public synchronized void reopenLog(Duration deadline) throws ShimException {
        check("reopenLog");
        reopened++;
    }

    @Override
    public void delete(Duration deadline) throws ShimException {
        check("delete");
        synchronized (this) {
            if (phase == ShimState.Phase.RUNNING) {
                throw new ShimException.Failed("delete", "", 0, "the container runs");
            }
        }
        end(new Exit(137, 9, false, 0, node.now()));
        node.processes().end(control);
    }

    @Override
    public Watch watch(ExitListener listener) {
        Exit exit;
        boolean lost;
        synchronized (this) {
            exit = record;
            lost = !node.processes().isAlive(control);
            if (exit == null && !lost) {
                listeners.add(listener);
                return () -> unwatch(listener);
            }
        }
        // The shim has ended: its socket refuses, so the watcher has only the record to go by.
        Thread.ofVirtual().start(listener::lost);
        return () -> {};
    }

    synchronized void dropWatchers() {
        listeners.clear();
    }

    private synchronized void unwatch(ExitListener listener) {
        listeners.remove(listener);
    }

    @Override
    public ExecEnd exec(ExecCall call, OutputSink sink, Duration deadline) throws ShimException {
        check("exec");
        return node.execs().exec(call, sink);
    }

    @Override
    public ContainerStream attach(Streams streams, Duration deadline) throws ShimException {
        throw new ShimException.Failed("attach", "", 0, "this shim has no streams");
    }

    @Override
    public ContainerStream execStream(ExecCall call, Streams streams, Duration deadline)
            throws ShimException {
        throw new ShimException.Failed("exec", "", 0, "this shim has no streams");
    }

    @Override
    public synchronized Optional<Exit> exitRecord() {
        return Optional.ofNullable(record);
    }

    @Override
    public Optional<Pids> pids() {
        return Optional.of(new Pids(control, init));
    }

    private void check(String call) throws ShimException {
        synchronized (this) {
            if (silent) {
                throw new ShimException.Late(call + ": no answer");
            }
        }
        if (!node.processes().isAlive(control)) {
            throw new ShimException.Gone(call + ": no shim");
        }
    }
}
