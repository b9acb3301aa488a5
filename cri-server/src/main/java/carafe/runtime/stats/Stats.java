package carafe.runtime.stats;

import carafe.base.CarafeException;
import carafe.linux.NetCounters;
import carafe.linux.cgroup.CgroupUsage;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.ContainerPhase;
import carafe.runtime.api.ContainerUsage;
import carafe.runtime.api.DiskUsage;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.ResourceUsage;
import carafe.runtime.api.SandboxCounters;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxState;
import carafe.runtime.api.SandboxUsage;
import carafe.runtime.api.UsageStats;
import carafe.runtime.port.Cgroups.PodCgroup;
import carafe.runtime.port.ProcessId;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.Core;
import carafe.runtime.state.PodPhase;
import carafe.runtime.state.PodRecord;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers from the records, the cgroups and the snapshots, and changes none of them. An object that
 * ends while it is measured is reported with what could still be read. Thread-safe.
 */
public final class Stats implements UsageStats {
    private final Core core;
    private final CpuRates rates = new CpuRates();

    public Stats(Core core) {
        this.core = core;
    }

    @Override
    public ContainerUsage container(String id) {
        forgetRemoved();
        return usage(core.inventory().containers().require(id));
    }

    @Override
    public List<ContainerUsage> containers(ContainerFilter filter) {
        forgetRemoved();
        return core.inventory().containers().all().stream()
                .filter(each -> each.state().phase() == ContainerPhase.RUNNING)
                .filter(each -> matches(each, filter))
                .sorted(oldestContainerFirst())
                .map(this::usage)
                .toList();
    }

    @Override
    public SandboxUsage sandbox(String id) {
        forgetRemoved();
        return usage(
                core.inventory()
                        .pods()
                        .find(id)
                        .filter(each -> each.phase() != PodPhase.CREATING)
                        .orElseThrow(() -> new CarafeException.NotFound("no pod sandbox " + id)));
    }

    @Override
    public List<SandboxUsage> sandboxes(SandboxFilter filter) {
        forgetRemoved();
        return core.inventory().pods().all().stream()
                .filter(each -> each.phase() == PodPhase.READY)
                .filter(each -> matches(each, filter))
                .sorted(
                        Comparator.comparingLong(PodRecord::createdAtNanos)
                                .thenComparing(PodRecord::id))
                .map(this::usage)
                .toList();
    }

    @Override
    public List<SandboxCounters> counters() {
        return new Counting(core).all();
    }

    private ContainerUsage usage(ContainerRecord container) {
        boolean ended = container.state().phase() == ContainerPhase.EXITED;
        long started = container.state().startedAt();
        long born = started == 0 ? container.createdAtNanos() : started;
        return new ContainerUsage(
                container.view(),
                ended ? null : resources(container.id(), container.cgroup(), born),
                writable(core, container.id()));
    }

    private SandboxUsage usage(PodRecord pod) {
        PodCgroup cgroup = pod.phase() == PodPhase.READY ? pod.held().cgroup() : null;
        return new SandboxUsage(
                pod.view(),
                cgroup == null ? null : resources(pod.id(), cgroup.path(), pod.createdAtNanos()),
                network(core, pod)
                        .map(counters ->
                                new SandboxUsage.Network(core.ports().nowNanos(), counters))
                        .orElse(null),
                core.inventory().containersOf(pod.id()).stream()
                        .filter(each -> each.state().phase() == ContainerPhase.RUNNING)
                        .sorted(oldestContainerFirst())
                        .map(this::usage)
                        .toList());
    }

    private @Nullable ResourceUsage resources(String id, String cgroup, long bornNanos) {
        Optional<CgroupUsage> used = core.ports().meters().cgroup(cgroup);
        if (used.isEmpty()) {
            return null;
        }
        long now = core.ports().nowNanos();
        Long cpu = used.get().cpuNanos();
        Optional<Long> rate = cpu == null ? Optional.empty() : rates.rate(id, bornNanos, now, cpu);
        return new ResourceUsage(now, used.get(), rate.orElse(null));
    }

    static @Nullable DiskUsage writable(Core core, String containerId) {
        return core.ports()
                .images()
                .written(containerId)
                .map(usage ->
                        new DiskUsage(
                                core.ports().nowNanos(),
                                usage.mountpoint(),
                                usage.usedBytes(),
                                usage.inodes()))
                .orElse(null);
    }

    /** Empty on the host's network and for a stopped pod. */
    static Optional<NetCounters> network(Core core, PodRecord pod) {
        ProcessId holder = pod.held().holder();
        boolean own = pod.settings().namespaces().network() == NamespaceModes.Mode.POD;
        return holder == null || !own || pod.phase() != PodPhase.READY
                ? Optional.empty()
                : core.ports().meters().network(holder);
    }

    private void forgetRemoved() {
        Set<String> live = new HashSet<>();
        core.inventory().pods().all().forEach(each -> live.add(each.id()));
        core.inventory().containers().all().forEach(each -> live.add(each.id()));
        rates.retain(live);
    }

    private static Comparator<ContainerRecord> oldestContainerFirst() {
        return Comparator.comparingLong(ContainerRecord::createdAtNanos)
                .thenComparing(ContainerRecord::id);
    }

    private static boolean matches(ContainerRecord container, ContainerFilter filter) {
        return container.id().startsWith(filter.idPrefix())
                && container.podId().startsWith(filter.sandboxIdPrefix())
                && (filter.phase() == null || filter.phase() == container.state().phase())
                && container.settings().labels().entrySet().containsAll(filter.labels().entrySet());
    }

    private static boolean matches(PodRecord pod, SandboxFilter filter) {
        return pod.id().startsWith(filter.idPrefix())
                && (filter.state() == null || filter.state() == SandboxState.READY)
                && pod.settings().labels().entrySet().containsAll(filter.labels().entrySet());
    }
}
