package carafe.runtime;

import carafe.base.CarafeException;
import carafe.linux.cgroup.Counter;
import carafe.runtime.port.Cgroups.PodCgroup;
import carafe.runtime.port.ContainerShim;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.ShimException;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.Core;
import carafe.runtime.state.PodRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of one pod or container beside what the CRI shows: its records, its
 * processes, and what its shim says now. Changes nothing, and takes no lock. Thread-safe.
 */
final class ObjectFacts {
    private static final Duration ASK = Duration.ofSeconds(3);

    private final Core core;

    ObjectFacts(Core core) {
        this.core = core;
    }

    /** A tree for JSON. */
    Map<String, Object> of(String idOrPrefix) {
        Optional<ContainerRecord> container = core.inventory().containers().find(idOrPrefix);
        if (container.isPresent()) {
            return container(container.get());
        }
        return pod(
                core.inventory()
                        .pods()
                        .find(idOrPrefix)
                        .orElseThrow(() ->
                                new CarafeException.NotFound("no pod or container " + idOrPrefix)));
    }

    private Map<String, Object> container(ContainerRecord record) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("kind", "container");
        facts.put("id", record.id());
        facts.put("pod", record.podId());
        facts.put("name", record.metadata().name());
        facts.put("attempt", record.metadata().attempt());
        facts.put("state", record.state().toString());
        facts.put("created", time(record.createdAtNanos()));
        facts.put("image", record.settings().image().image());
        facts.put("bundle", core.paths().container(record.id()).toString());
        facts.put("log", record.settings().logPath());
        facts.put("cgroup", cgroup(record.cgroup()));
        facts.put("shim", shim(record));
        return facts;
    }

    private Map<String, Object> shim(ContainerRecord record) {
        ContainerShim shim = core.ports().shims().container(core.paths().container(record.id()));
        Map<String, Object> facts = new LinkedHashMap<>();
        shim.pids()
                .ifPresent(pids -> {
                    facts.put("control", process(pids.control()));
                    facts.put("init", process(pids.init()));
                });
        long begin = System.nanoTime();
        try {
            facts.put("says", shim.state(ASK).toString());
        } catch (ShimException e) {
            facts.put("says", "no answer: " + e.getMessage());
        }
        facts.put("askedMillis", Duration.ofNanos(System.nanoTime() - begin).toMillis());
        facts.put("exitRecord", shim.exitRecord().map(Object::toString).orElse("none"));
        return facts;
    }

    private Map<String, Object> pod(PodRecord record) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("kind", "pod");
        facts.put("id", record.id());
        facts.put("name", record.metadata().name());
        facts.put("namespace", record.metadata().namespace());
        facts.put("attempt", record.metadata().attempt());
        facts.put("phase", record.phase().name());
        facts.put("released", record.released());
        facts.put("created", time(record.createdAtNanos()));
        facts.put("bundle", core.paths().pod(record.id()).toString());
        facts.put("addresses", record.held().addresses());
        ProcessId holder = record.held().holder();
        facts.put("holder", holder == null ? "none" : process(holder));
        PodCgroup cgroup = record.held().cgroup();
        facts.put("cgroup", cgroup == null ? "none" : cgroup(cgroup.path()));
        Map<String, Object> containers = new LinkedHashMap<>();
        core.inventory()
                .containersOf(record.id())
                .forEach(each -> containers.put(each.id(), each.state().toString()));
        facts.put("containers", containers);
        return facts;
    }

    private Map<String, Object> cgroup(String path) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("path", path);
        core.ports()
                .meters()
                .counters(path)
                .ifPresentOrElse(
                        counters -> {
                            facts.put("pids", counters.pids());
                            put(
                                    facts,
                                    "memoryBytes",
                                    counters.value(Counter.MEMORY_BYTES).orElse(null));
                            put(facts, "oomKills", counters.value(Counter.OOM_KILLS).orElse(null));
                        },
                        () -> facts.put("pids", "there is no such cgroup"));
        return facts;
    }

    private static void put(Map<String, Object> facts, String name, @Nullable Long value) {
        if (value != null) {
            facts.put(name, value);
        }
    }

    private Map<String, Object> process(ProcessId process) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("pid", process.pid());
        facts.put("alive", core.ports().processes().isAlive(process));
        return facts;
    }

    private static String time(long unixNanos) {
        return Instant.ofEpochSecond(0, unixNanos).toString();
    }
}
