package carafe.shim.control;

import carafe.shim.record.ExitRecord;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A container's end: how it came, what is cleared away, the record, and who is told; in this order,
 * with at most 2 s for the streams' rest in between.
 */
final class Ending {
    private static final int DRAIN_MILLIS = 1900;
    private static final int START_FAILED = 128;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Syscalls sys;
    private final Surroundings parts;
    private final ExitReport report;
    private final List<Client> watchers = new ArrayList<>();
    private Reply.@Nullable Exited exited;
    private boolean recorded;
    private long oomKills;
    private long drainDeadlineNanos = Party.NEVER;

    Ending(Syscalls sys, Surroundings parts) {
        this.sys = sys;
        this.parts = parts;
        this.report = new ExitReport(sys.files());
    }

    /** Init's end, as it is written and told; null = it has not ended. */
    Reply.@Nullable Exited exited() {
        return exited;
    }

    /** Whether the record is on disk and nothing more is to be done. */
    boolean isOver() {
        return recorded && report.isWritten() && parts.removal().isOver();
    }

    /**
     * Init has ended.
     *
     * @param waitStatus as wait(2) gives it
     * @param neverStarted whether it has not become its program
     * @param killed whether that was a SIGKILL of our own
     */
    void begin(int waitStatus, boolean neverStarted, boolean killed) {
        int signal = Signals.signal(waitStatus);
        oomKills = parts.oom().grown();
        // A SIGKILL of our own is no want of memory, whatever befell a child before.
        boolean oomKilled = signal == ProcessCalls.SIGKILL && !killed && oomKills > 0;
        exited =
                new Reply.Exited(
                        neverStarted ? START_FAILED : Signals.code(waitStatus),
                        neverStarted ? 0 : signal,
                        oomKilled,
                        sys.processes().nanos(ProcessCalls.CLOCK_REALTIME));
        parts.cgroup().killAll();
        parts.removal().begin();
        parts.pump().drain(DRAIN_MILLIS);
        drainDeadlineNanos = nowNanos() + DRAIN_MILLIS * NANOS_PER_MILLI;
    }

    /** Whether the streams have ended, or had their time. */
    boolean isDrained() {
        return parts.pump().hasEnded() || nowNanos() >= drainDeadlineNanos;
    }

    /** When to look again. */
    long deadlineNanos() {
        return exited != null && !recorded
                ? drainDeadlineNanos
                : Math.min(report.deadlineNanos(), parts.removal().deadlineNanos());
    }

    /**
     * The record is on disk before anybody is told, if that can be.
     *
     * @param failure why it could not start, null = it could
     */
    void record(int pid, long startTicks, long startedAtNanos, Reply.@Nullable Failed failure) {
        String startError = failure == null ? "" : failure.step() + ": " + failure.text();
        Reply.Exited end = exited;
        if (end == null) {
            throw new IllegalStateException("nothing has ended");
        }
        long lost = parts.pump().lostBytes();
        report.write(
                new ExitRecord(pid, startTicks, startedAtNanos, end, oomKills, lost, startError),
                nowNanos());
        recorded = true;
        for (Client watcher : watchers) {
            watcher.finish(end);
        }
        watchers.clear();
    }

    /** The disk may take the record by now. */
    void recordAgain() {
        report.writeAgain(nowNanos());
    }

    /** Tells a client of the end, now or when it comes. */
    void watch(Client client) {
        if (exited != null && recorded) {
            client.finish(exited);
        } else {
            watchers.removeIf(watcher -> !watcher.isOpen());
            watchers.add(client);
        }
    }

    private long nowNanos() {
        return sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC);
    }
}
