package carafe.shim.control;

import carafe.shim.child.Children;
import carafe.shim.record.FactsPipe;
import carafe.shim.sys.ProcessCalls;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import carafe.shim.wire.Reply;

/**
 * The loop of a container's long-lived process. It sleeps in poll until a client, a child or the
 * pump has something, or a deadline comes; without any of those it never wakes.
 */
final class Control {
    private static final int MAX_EXECS = 128;
    private static final int MAX_OTHER_CLIENTS = 32;
    private static final int POLLED_PER_EXEC = 5;
    private static final int POLLED_BY_CONTROL = 8;
    private static final long CLEAR_AWAY_NANOS = 2_000_000_000L;

    private final Syscalls sys;
    private final Children children;
    private final int factsFd;
    private final ResultPipe result;
    private final PollSet polls;

    /**
     * @param factsFd read end of the launcher's pipe, owned from here on; see {@link FactsPipe}
     */
    Control(Syscalls sys, Children children, int factsFd, ResultPipe result) {
        this.sys = sys;
        this.children = children;
        this.factsFd = factsFd;
        this.result = result;
        this.polls =
                new PollSet(
                        sys, MAX_EXECS * POLLED_PER_EXEC + MAX_OTHER_CLIENTS + POLLED_BY_CONTROL);
    }

    /** Runs until the container has ended or could not be made; the exit code of the process. */
    int run() {
        try {
            FactsPipe.Result facts = new FactsPipe(sys.files(), sys.memory()).receive(factsFd);
            sys.files().close(factsFd);
            return switch (facts) {
                case FactsPipe.Result.Read read -> run(new Creation(sys, read.facts()));
                case FactsPipe.Result.Refused refused -> {
                    result.send(refused.failedFrame());
                    yield 1;
                }
            };
        } catch (SyscallException e) {
            result.send(Failures.of("control", e));
            return 1;
        }
    }

    private int run(Creation creation) throws SyscallException {
        Signals signals = new Signals(sys);
        Container container = creation.begin(children, result);
        PumpLink pump = container.parts().pump();
        Execs execs =
                new Execs(
                        ExecShared.of(
                                sys, container.parts().cgroup(), container.parts().setupSignal()),
                        children,
                        container,
                        MAX_EXECS);
        Requests requests = new Requests(sys.processes(), container, execs);
        Clients clients = new Clients(sys, requests, MAX_OTHER_CLIENTS);
        signals.onReaped((pid, status) -> {
            if (container.reaped(pid, status)) {
                execs.containerEnded();
            } else if (!pump.reaped(pid)) {
                execs.reaped(pid, status);
            }
        });
        try {
            clients.listen();
        } catch (SyscallException e) {
            container.abandon(Failures.of("socket", e));
        }
        // Signals first: who learns of an end goes on in the same round.
        Party[] parties = {signals, pump, container, execs, clients};
        while (!isOver(container, execs)) {
            round(parties);
        }
        clients.close();
        Reply.Failed failure = container.failure();
        if (container.stage() == Stage.ABANDONED && failure != null) {
            clearAway(container, signals);
            result.send(failure);
        }
        clients.refuseAll("the container is gone");
        pump.kill();
        return container.stage() == Stage.ABANDONED ? 1 : 0;
    }

    private static boolean isOver(Container container, Execs execs) {
        boolean drained = container.parts().pump().hasEnded() && execs.isEmpty();
        return container.stage() == Stage.ABANDONED
                || container.isDeleted()
                || (container.isRecorded() && drained);
    }

    private void round(Party[] parties) {
        polls.clear();
        long deadline = Party.NEVER;
        for (Party party : parties) {
            party.join(polls);
            deadline = Math.min(deadline, party.deadlineNanos());
        }
        polls.await(deadline);
        for (Party party : parties) {
            party.serve(polls);
        }
    }

    /** Nothing may be left of a container that was never announced. */
    private void clearAway(Container container, Signals signals) {
        container.clearAway();
        container.parts().pump().kill();
        long now = sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC);
        long deadline =
                Math.max(now + CLEAR_AWAY_NANOS, container.parts().removal().busyUntilNanos());
        while (signals.reapAll()
                && sys.processes().nanos(ProcessCalls.CLOCK_MONOTONIC) < deadline) {
            polls.clear();
            signals.join(polls);
            polls.await(deadline);
            signals.serve(polls);
        }
    }
}
