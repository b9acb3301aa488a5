package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.base.KeyedLock;
import carafe.base.Rollback;
import carafe.base.Steps;
import carafe.runtime.api.RuntimeEvent;
import carafe.runtime.port.ContainerShim;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.ShimException;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.ContainerState;
import carafe.runtime.state.Core;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts a created container. Starting twice is a Precondition failure. Thread-safe. */
final class StartContainer {
    private static final Logger LOG = LoggerFactory.getLogger(StartContainer.class);
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration KILL_DEADLINE = Duration.ofSeconds(5);

    private final Core core;
    private final Exits exits;
    private final PidTargets targets;

    StartContainer(Core core, Exits exits, PidTargets targets) {
        this.core = core;
        this.exits = exits;
        this.targets = targets;
    }

    void start(String idOrPrefix) {
        String id = core.inventory().containers().require(idOrPrefix).id();
        try (Steps.Running running = core.ports().steps().begin("container.start", id);
                KeyedLock.Held _ = core.inventory().lock(id)) {
            ContainerRecord container = core.inventory().containers().require(id);
            ContainerRules.checkReady(core.inventory().pods().require(container.podId()));
            targets.checkAgain(id);
            switch (container.state()) {
                case ContainerState.Created(ProcessId init) -> {
                    startCreated(container, init);
                    running.done();
                }
                case ContainerState.Running(ProcessId init, _) ->
                        throw wrongState(id, "it runs already as process " + init.pid());
                case ContainerState.Exited _ -> throw wrongState(id, "it has ended already");
                case ContainerState.Unknown _ -> throw wrongState(id, "its shim does not answer");
            }
        }
    }

    private void startCreated(ContainerRecord container, ProcessId init) {
        String id = container.id();
        ContainerShim shim = core.ports().shims().container(core.paths().container(id));
        // Taken before, so that no container ends before it has started.
        long startedAt = core.ports().nowNanos();
        try (Rollback undo = new Rollback("start container " + id)) {
            undo.add("processes of container " + id, () -> kill(id, shim));
            start(container, shim);
            core.ports().steps().reached("container.start.shim");
            core.inventory()
                    .containers()
                    .save(container.in(new ContainerState.Running(init, startedAt)));
            core.ports().steps().reached("container.start.record");
            undo.commit();
            core.ports().life().containerStarted();
            core.event(RuntimeEvent.Kind.STARTED, id, container.podId());
        }
    }

    private void start(ContainerRecord container, ContainerShim shim) {
        try {
            shim.start(DEADLINE);
        } catch (ShimException.Failed e) {
            fail(container, e);
            throw ShimErrors.of("start container " + container.id(), e);
        } catch (ShimException e) {
            throw ShimErrors.of("start container " + container.id(), e);
        }
    }

    private static void kill(String id, ContainerShim shim) throws ShimException {
        try {
            shim.killAll(KILL_DEADLINE);
        } catch (ShimException.Gone e) {
            LOG.atDebug().addKeyValue("container", id).log("Nothing is left to kill");
        }
    }

    private void fail(ContainerRecord container, ShimException.Failed why) {
        ContainerState.Exited failed =
                Endings.startError(String.valueOf(why.getMessage()), core.ports().nowNanos());
        core.inventory().containers().save(container.in(failed));
        core.ports().life().containerEnded(failed.reason().word(), failed.code());
        core.event(RuntimeEvent.Kind.STOPPED, container.id(), container.podId());
        exits.release(container.id());
    }

    private static CarafeException wrongState(String id, String why) {
        return new CarafeException.Precondition("start container %s: %s".formatted(id, why));
    }
}
