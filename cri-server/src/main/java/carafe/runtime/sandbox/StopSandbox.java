package carafe.runtime.sandbox;

import carafe.base.KeyedLock;
import carafe.base.Steps;
import carafe.runtime.api.RuntimeEvent;
import carafe.runtime.state.Core;
import carafe.runtime.state.PodPhase;
import carafe.runtime.state.PodRecord;
import java.util.Optional;

/** Ends a pod's containers and gives back what it holds. Idempotent. Thread-safe. */
final class StopSandbox {
    private final Core core;
    private final SandboxParts parts;
    private final PodContainers containers;

    StopSandbox(Core core, SandboxParts parts, PodContainers containers) {
        this.core = core;
        this.parts = parts;
        this.containers = containers;
    }

    /** An unknown id is success. */
    void stop(String idOrPrefix) {
        Optional<PodRecord> found = core.inventory().pods().find(idOrPrefix);
        if (found.isEmpty()) {
            return;
        }
        String id = found.get().id();
        try (Steps.Running running = core.ports().steps().begin("pod.stop", id)) {
            markNotReady(id);
            containers.stopAll(id);
            core.ports().steps().reached("pod.stop.containers");
            release(id);
            running.done();
        }
    }

    private void markNotReady(String id) {
        try (KeyedLock.Held _ = core.inventory().lock(id)) {
            Optional<PodRecord> pod =
                    core.inventory()
                            .pods()
                            .find(id)
                            .filter(each -> each.phase() != PodPhase.NOT_READY);
            if (pod.isEmpty()) {
                return;
            }
            parts.holders().forget(id);
            PodRecord stopped = pod.get().notReady();
            core.inventory().pods().save(stopped);
            core.podEvent(RuntimeEvent.Kind.STOPPED, stopped);
            core.ports().steps().reached("pod.stop.mark");
        }
    }

    private void release(String id) {
        try (KeyedLock.Held _ = core.inventory().lock(id)) {
            Optional<PodRecord> pod =
                    core.inventory().pods().find(id).filter(each -> !each.released());
            if (pod.isEmpty()) {
                return;
            }
            parts.holdings().release(pod.get());
            core.ports().steps().reached("pod.stop.released");
            core.inventory().pods().save(pod.get().allReleased());
            core.ports().steps().reached("pod.stop.record");
        }
    }
}
