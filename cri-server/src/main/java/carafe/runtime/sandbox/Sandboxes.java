package carafe.runtime.sandbox;

import carafe.base.CarafeException;
import carafe.runtime.api.Caller;
import carafe.runtime.api.Resources;
import carafe.runtime.api.SandboxDetails;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxSpec;
import carafe.runtime.api.SandboxStatus;
import carafe.runtime.api.SandboxView;
import carafe.runtime.handler.Handlers;
import carafe.runtime.port.ShimException;
import carafe.runtime.spec.SelinuxLabels;
import carafe.runtime.state.Core;
import carafe.runtime.state.PodPhase;
import carafe.runtime.state.PodRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Every use case of pod sandboxes, put together. Thread-safe. */
public final class Sandboxes {
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(15);

    private final Core core;
    private final RunSandbox run;
    private final StopSandbox stop;
    private final RemoveSandbox remove;
    private final UpdateSandbox update;

    /**
     * @param handlers who makes containers, by name
     * @param hostEtc where the node's resolv.conf and hosts are
     * @param hostname the node's
     * @param userNamespaceProblem why there can be no user namespaces; empty = there can
     */
    public record Settings(
            Handlers handlers,
            Path hostEtc,
            Supplier<String> hostname,
            Supplier<Optional<String>> userNamespaceProblem) {}

    public Sandboxes(
            Core core,
            Settings settings,
            PodHoldings holdings,
            HolderWatch holders,
            PodContainers containers) {
        this.core = core;
        SandboxParts parts =
                new SandboxParts(
                        new SandboxRules(
                                settings.handlers(),
                                new UserNamespaceRules(settings.userNamespaceProblem())),
                        new Hostnames(settings.hostname()),
                        new PodFiles(core.paths(), core.ports().files(), settings.hostEtc()),
                        holdings,
                        holders,
                        new SelinuxLabels(core.ports().selinux()));
        this.run = new RunSandbox(core, parts);
        this.stop = new StopSandbox(core, parts, containers);
        this.remove = new RemoveSandbox(core, parts, stop, containers);
        this.update = new UpdateSandbox(core);
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

    public void update(String id, Resources overhead, Resources resources) {
        update.update(id, overhead, resources);
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
        PodRecord pod = require(id);
        return pod.status(core.inventory().containersOf(pod.id()));
    }

    public SandboxDetails details(String id) {
        PodRecord pod = require(id);
        return new SandboxDetails(
                pod.settings().hostname(),
                pod.settings().logDirectory(),
                pod.settings().privileged(),
                pod.settings().portMappings(),
                core.paths().pod(pod.id()).toString());
    }

    private PodRecord require(String id) {
        return core.inventory()
                .pods()
                .find(id)
                .filter(each -> each.phase() != PodPhase.CREATING)
                .orElseThrow(() -> new CarafeException.NotFound("no pod sandbox " + id));
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
