package carafe.runtime.sandbox;

import carafe.base.CarafeException;
import carafe.runtime.api.Caller;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxSpec;
import carafe.runtime.api.SandboxStatus;
import carafe.runtime.api.SandboxView;
import carafe.runtime.port.Cgroups.PodCgroup;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.ShimException;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.Core;
import carafe.runtime.state.PodPhase;
import carafe.runtime.state.PodRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Every use case of pod sandboxes, put together. Thread-safe. */
public final class Sandboxes {
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(15);

    private final Core core;
    private final RunSandbox run;
    private final StopSandbox stop;
    private final RemoveSandbox remove;

    /**
     * @param handlers names of the runtime handlers there are, the empty one included
     * @param hostEtc where the node's resolv.conf and hosts are
     * @param hostname the node's
     */
    public record Settings(Set<String> handlers, Path hostEtc, Supplier<String> hostname) {
        public Settings {
            handlers = Set.copyOf(handlers);
        }
    }

    public Sandboxes(
            Core core,
            Settings settings,
            PodHoldings holdings,
            HolderWatch holders,
            PodContainers containers) {
        this.core = core;
        SandboxParts parts =
                new SandboxParts(
                        new SandboxRules(settings.handlers()),
                        new Hostnames(settings.hostname()),
                        new PodFiles(core.paths(), core.ports().files(), settings.hostEtc()),
                        holdings,
                        holders);
        this.run = new RunSandbox(core, parts);
        this.stop = new StopSandbox(core, parts, containers);
        this.remove = new RemoveSandbox(core, parts, stop, containers);
    }

    public String run(SandboxSpec spec, Caller caller) {
        return run.run(spec, caller);
    }

    public void stop(String id) {
        stop.stop(id);
    }

    public void remove(String id) {
        remove.remove(id);
    }

    /**
     * A connection to a TCP port on the loopback addresses of the pod's network.
     *
     * @return its descriptor, non-blocking, the caller's own
     */
    public int connect(String id, int port) {
        String podId = requireReady(id);
        String doing = "connect to port %d of pod sandbox %s".formatted(port, podId);
        try {
            return core.ports()
                    .shims()
                    .connectInPod(core.paths().pod(podId), port, CONNECT_DEADLINE);
        } catch (ShimException e) {
            throw new CarafeException.Unavailable(doing + ": " + e.getMessage(), e);
        }
    }

    /** The full id of a pod that is ready. */
    public String requireReady(String id) {
        PodRecord pod = core.inventory().pods().require(id);
        if (pod.phase() != PodPhase.READY) {
            throw new CarafeException.Precondition(
                    "use pod sandbox %s: it is not ready".formatted(pod.id()));
        }
        return pod.id();
    }

    public SandboxStatus status(String id) {
        PodRecord pod =
                core.inventory()
                        .pods()
                        .find(id)
                        .filter(each -> each.phase() != PodPhase.CREATING)
                        .orElseThrow(() -> new CarafeException.NotFound("no pod sandbox " + id));
        ProcessId holder = pod.held().holder();
        PodCgroup cgroup = pod.held().cgroup();
        return new SandboxStatus(
                pod.view(),
                pod.held().addresses(),
                pod.settings().namespaces(),
                holder == null ? 0 : holder.pid(),
                cgroup == null ? "" : cgroup.path(),
                core.inventory().containersOf(pod.id()).stream()
                        .map(ContainerRecord::status)
                        .toList());
    }

    public List<SandboxView> list(SandboxFilter filter) {
        return core.inventory().pods().all().stream()
                .filter(each -> each.phase() != PodPhase.CREATING)
                .sorted(
                        Comparator.comparingLong(PodRecord::createdAtNanos)
                                .thenComparing(PodRecord::id))
                .map(PodRecord::view)
                .filter(each -> matches(each, filter))
                .toList();
    }

    private static boolean matches(SandboxView pod, SandboxFilter filter) {
        return pod.id().startsWith(filter.idPrefix())
                && (filter.state() == null || filter.state() == pod.state())
                && pod.labels().entrySet().containsAll(filter.labels().entrySet());
    }
}
