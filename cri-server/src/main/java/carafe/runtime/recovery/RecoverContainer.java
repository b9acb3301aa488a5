package carafe.runtime.recovery;

import carafe.base.KeyedLock;
import carafe.runtime.container.Endings;
import carafe.runtime.container.Exits;
import carafe.runtime.port.ContainerShim;
import carafe.runtime.port.Exit;
import carafe.runtime.port.ShimException;
import carafe.runtime.port.ShimState;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.ContainerState;
import carafe.runtime.state.Core;
import java.time.Duration;
import java.util.Optional;

/** Brings one unended container's record and its shim together. */
public final class RecoverContainer {
    private static final Duration ASK = Duration.ofSeconds(4);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Core core;
    private final Exits exits;

    public RecoverContainer(Core core, Exits exits) {
        this.core = core;
        this.exits = exits;
    }

    /** Returns when the container's state is known; until then it is shown as UNKNOWN. */
    void recover(ContainerRecord container) {
        String id = container.id();
        ContainerShim shim = core.ports().shims().container(core.paths().container(id));
        Optional<Exit> exit = shim.exitRecord();
        if (exit.isPresent()) {
            exits.declareExited(id, exit.get());
            return;
        }
        if (!container.bootId().equals(core.ports().processes().bootId())) {
            end(container, "the node was rebooted");
            return;
        }
        boolean shown = false;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                adopt(container, shim.state(ASK));
                return;
            } catch (ShimException.Gone e) {
                if (!lives(shim)) {
                    endLost(id, shim);
                    return;
                }
            } catch (ShimException e) {
                // It lives and does not answer: others go on, this one is asked again.
            }
            if (!shown) {
                core.inventory().containers().show(container.in(unknown(container)));
                shown = true;
            }
            pause();
        }
    }

    private void adopt(ContainerRecord container, ShimState state) {
        String id = container.id();
        try (KeyedLock.Held _ = core.inventory().lock(id)) {
            Optional<ContainerRecord> now = core.inventory().containers().find(id);
            if (now.isEmpty() || now.get().state() instanceof ContainerState.Exited) {
                return;
            }
            switch (state.phase()) {
                case CREATED ->
                        settle(container, now.get(), new ContainerState.Created(state.init()));
                case RUNNING ->
                        settle(
                                container,
                                now.get(),
                                new ContainerState.Running(state.init(), startedAt(container)));
                case EXITED -> core.inventory().containers().show(container);
            }
        }
        exits.watch(id);
    }

    /** Writes only what differs from the disk. */
    private void settle(ContainerRecord onDisk, ContainerRecord shown, ContainerState found) {
        if (!onDisk.state().equals(found)) {
            core.inventory().containers().save(onDisk.in(found));
        } else if (!shown.state().equals(found)) {
            core.inventory().containers().show(onDisk);
        }
    }

    /** An earlier daemon may have died between starting it and writing so. */
    private long startedAt(ContainerRecord container) {
        long known = container.state().startedAt();
        return known == 0 ? core.ports().nowNanos() : known;
    }

    private void endLost(String id, ContainerShim shim) {
        // It may have written its record between the two looks.
        Optional<Exit> late = shim.exitRecord();
        if (late.isPresent()) {
            exits.declareExited(id, late.get());
        } else {
            exits.declareLost(id, "its shim ended without leaving an exit record");
        }
    }

    private void end(ContainerRecord container, String why) {
        core.inventory()
                .containers()
                .save(
                        container.in(
                                Endings.unknown(
                                        why,
                                        container.state().startedAt(),
                                        core.ports().nowNanos())));
    }

    private boolean lives(ContainerShim shim) {
        return shim.pids()
                .filter(pids -> core.ports().processes().isAlive(pids.control()))
                .isPresent();
    }

    private static ContainerState unknown(ContainerRecord container) {
        return container.state() instanceof ContainerState.Unknown already
                ? already
                : new ContainerState.Unknown(container.state());
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
