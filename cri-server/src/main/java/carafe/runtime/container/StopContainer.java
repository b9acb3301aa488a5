package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.base.Steps;
import carafe.base.trace.Spans;
import carafe.runtime.port.ContainerShim;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.ShimException;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.ContainerState;
import carafe.runtime.state.Core;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends containers: stop signal, grace period, SIGKILL. Per container one stop is in progress at
 * most; who asks again joins it and can only shorten its grace period. No lock is held while it
 * waits. Idempotent. Thread-safe.
 */
final class StopContainer {
    private static final Logger LOG = LoggerFactory.getLogger(StopContainer.class);

    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final Core core;
    private final Exits exits;
    private final Patience patience;
    private final Map<String, StopInProgress> stops = new ConcurrentHashMap<>();

    StopContainer(Core core, Exits exits, Patience patience) {
        this.core = core;
        this.exits = exits;
        this.patience = patience;
    }

    /**
     * How long to wait for whom.
     *
     * @param answer for a shim to answer
     * @param silentShim for a shim that did not, to tell the end of its killed container; it is
     *     killed then, and nobody knows the exit code
     * @param end for the container to end after SIGKILL
     */
    record Patience(Duration answer, Duration silentShim, Duration end) {}

    /** An unknown id is success. */
    void stop(String idOrPrefix, Duration grace) {
        Optional<ContainerRecord> found = core.inventory().containers().find(idOrPrefix);
        if (found.isEmpty() || found.get().state() instanceof ContainerState.Exited) {
            return;
        }
        end(found.get(), grace.compareTo(FOR_EVER) < 0 ? grace : FOR_EVER);
    }

    private void end(ContainerRecord container, Duration grace) {
        StopInProgress mine = new StopInProgress(grace);
        StopInProgress running = stops.putIfAbsent(container.id(), mine);
        if (running != null) {
            running.shorten(grace);
            running.join(container.id(), grace.plus(patience.silentShim()).plus(patience.end()));
            return;
        }
        // On a thread of its own: a caller that leaves does not undo the decision to stop.
        Thread.ofVirtual()
                .name("stop " + container.id())
                .start(Spans.carried(() -> run(container, mine)));
        mine.join(container.id(), grace.plus(patience.silentShim()).plus(patience.end()));
    }

    /** Stops in progress, for leak checks. */
    int inProgress() {
        return stops.size();
    }

    private void run(ContainerRecord container, StopInProgress stop) {
        try (Steps.Running running = core.ports().steps().begin("container.stop", container.id())) {
            end(container, stop);
            core.ports().steps().reached("container.stop.end");
            running.done();
            stops.remove(container.id(), stop);
            stop.done();
        } catch (RuntimeException | Error e) { // thread root: those who joined get it
            stops.remove(container.id(), stop);
            stop.failed(e);
        } catch (InterruptedException e) {
            stops.remove(container.id(), stop);
            stop.failed(new CarafeException.Internal("the stop was interrupted", e));
        }
    }

    private void end(ContainerRecord container, StopInProgress stop) throws InterruptedException {
        String id = container.id();
        ContainerShim shim = core.ports().shims().container(core.paths().container(id));
        boolean asks = container.state() instanceof ContainerState.Running && !stop.isDue();
        if (asks) {
            boolean heard = hears(container);
            if (signal(container, shim) && awaitGrace(container, shim, stop, heard)) {
                return;
            }
        }
        if (!kill(container, shim) && !exits.await(id, patience.silentShim())) {
            shim.pids().map(ContainerShim.Pids::control).ifPresent(core.ports().processes()::kill);
        }
        if (!exits.await(id, patience.end())) {
            throw new CarafeException.Deadline(
                    "container %s has not ended within %s of SIGKILL; stop it again later"
                            .formatted(id, patience.end()));
        }
    }

    private boolean signal(ContainerRecord container, ContainerShim shim) {
        try {
            shim.signal(container.settings().stopSignal().number(), patience.answer());
            core.ports().steps().reached("container.stop.signal");
            return true;
        } catch (ShimException.Gone e) {
            // It is ending; the watch finds out how.
            return true;
        } catch (ShimException e) {
            LOG.atWarn()
                    .addKeyValue("container", container.id())
                    .setCause(e)
                    .log("The stop signal could not be sent; the container is killed");
            return false;
        }
    }

    /**
     * Waits for the end. A program that has just been started may not have set its handler yet, and
     * the kernel drops what the first process of a PID namespace has none for; such a program is
     * told again as soon as it hears.
     *
     * @param heard whether it had a handler when it was told
     */
    private boolean awaitGrace(
            ContainerRecord container, ContainerShim shim, StopInProgress stop, boolean heard)
            throws InterruptedException {
        boolean told = heard;
        while (!stop.isDue()) {
            if (exits.await(container.id(), stop.nextLook())) {
                return true;
            }
            if (!told && hears(container)) {
                told = true;
                signal(container, shim);
            }
        }
        return exits.await(container.id(), Duration.ZERO);
    }

    private boolean hears(ContainerRecord container) {
        int signal = container.settings().stopSignal().number();
        return init(container.state())
                .filter(each -> core.ports().processes().hears(each, signal))
                .isPresent();
    }

    /** Whether there was a shim that answered; else the daemon has killed by itself. */
    private boolean kill(ContainerRecord container, ContainerShim shim) {
        try {
            shim.killAll(patience.answer());
            core.ports().steps().reached("container.stop.kill");
            return true;
        } catch (ShimException.Gone e) {
            LOG.atDebug().addKeyValue("container", container.id()).log("The shim has ended");
        } catch (ShimException e) {
            LOG.atWarn()
                    .addKeyValue("container", container.id())
                    .setCause(e)
                    .log("The shim does not kill its container; the daemon does");
        }
        core.ports().cgroups().kill(container.cgroup());
        init(container.state()).ifPresent(core.ports().processes()::kill);
        return false;
    }

    private static Optional<ProcessId> init(ContainerState state) {
        return switch (state) {
            case ContainerState.Created created -> Optional.of(created.init());
            case ContainerState.Running running -> Optional.of(running.init());
            case ContainerState.Exited _ -> Optional.empty();
            case ContainerState.Unknown unknown -> init(unknown.last());
        };
    }
}
