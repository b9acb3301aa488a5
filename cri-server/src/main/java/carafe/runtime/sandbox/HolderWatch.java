package carafe.runtime.sandbox;

import carafe.base.KeyedLock;
import carafe.runtime.api.RuntimeEvent;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.Processes;
import carafe.runtime.state.Core;
import carafe.runtime.state.PodPhase;
import carafe.runtime.state.PodRecord;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees pods' holders end: a READY pod without its holder is NOT_READY. Thread-safe. */
public final class HolderWatch {
    private static final Logger LOG = LoggerFactory.getLogger(HolderWatch.class);

    private final Core core;
    private final Map<String, Processes.Watch> watches = new ConcurrentHashMap<>();

    public HolderWatch(Core core) {
        this.core = core;
    }

    /** Watches a ready pod's holder, until it ends or {@link #forget}. */
    public void watch(PodRecord pod) {
        ProcessId holder = pod.held().holder();
        if (holder != null) {
            watches.put(pod.id(), core.ports().processes().onExit(holder, () -> ended(pod.id())));
        }
    }

    void forget(String podId) {
        Processes.Watch watch = watches.remove(podId);
        if (watch != null) {
            watch.close();
        }
    }

    private void ended(String podId) {
        try (KeyedLock.Held _ = core.inventory().lock(podId)) {
            watches.remove(podId);
            Optional<PodRecord> pod =
                    core.inventory()
                            .pods()
                            .find(podId)
                            .filter(each -> each.phase() == PodPhase.READY);
            if (pod.isEmpty()) {
                return;
            }
            LOG.atWarn().addKeyValue("sandbox", podId).log("The holder of a pod has ended");
            PodRecord stopped = pod.get().notReady();
            core.inventory().pods().save(stopped);
            core.podEvent(RuntimeEvent.Kind.STOPPED, stopped);
        }
    }
}
