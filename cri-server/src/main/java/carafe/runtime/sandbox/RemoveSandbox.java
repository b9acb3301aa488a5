package carafe.runtime.sandbox;

import carafe.base.KeyedLock;
import carafe.base.Steps;
import carafe.runtime.api.RuntimeEvent;
import carafe.runtime.port.Cgroups.PodCgroup;
import carafe.runtime.state.Core;
import carafe.runtime.state.PodRecord;
import java.util.Optional;

/** Stops a pod and removes every trace of it. Idempotent. Thread-safe. */
final class RemoveSandbox {
    private final Core core;
    private final SandboxParts parts;
    private final StopSandbox stop;
    private final PodContainers containers;

    RemoveSandbox(Core core, SandboxParts parts, StopSandbox stop, PodContainers containers) {
        this.core = core;
        this.parts = parts;
        this.stop = stop;
        this.containers = containers;
    }

    /** An unknown id is success. */
    void remove(String idOrPrefix) {
        Optional<PodRecord> found = core.inventory().pods().find(idOrPrefix);
        if (found.isEmpty()) {
            return;
        }
        String id = found.get().id();
        try (Steps.Running running = core.ports().steps().begin("pod.remove", id)) {
            stop.stop(id);
            core.ports().steps().reached("pod.remove.stop");
            containers.removeAll(id);
            core.ports().steps().reached("pod.remove.containers");
            forget(id);
            running.done();
        }
    }

    private void forget(String id) {
        try (KeyedLock.Held _ = core.inventory().lock(id)) {
            Optional<PodRecord> pod = core.inventory().pods().find(id);
            if (pod.isEmpty()) {
                return;
            }
            PodCgroup cgroup = pod.get().held().cgroup();
            if (cgroup != null) {
                core.ports().cgroups().removePod(cgroup);
                core.ports().steps().reached("pod.remove.cgroup");
            }
            parts.files().delete(id);
            core.ports().steps().reached("pod.remove.directory");
            core.inventory().pods().remove(id);
            core.inventory().podNames().release(pod.get().name(), id);
            core.podEvent(RuntimeEvent.Kind.DELETED, pod.get());
            core.ports().steps().reached("pod.remove.record");
        }
    }
}
