package carafe.runtime.stats;

import carafe.linux.FileSystemRoom;
import carafe.linux.NetCounters;
import carafe.linux.cgroup.CgroupCounters;
import carafe.linux.cgroup.CgroupCounters.DeviceIo;
import carafe.runtime.api.ContainerCounters;
import carafe.runtime.api.ContainerPhase;
import carafe.runtime.api.DiskUsage;
import carafe.runtime.api.SandboxCounters;
import carafe.runtime.port.Cgroups.PodCgroup;
import carafe.runtime.port.Meters;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.Core;
import carafe.runtime.state.PodPhase;
import carafe.runtime.state.PodRecord;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One pass over everything that is counted: each cgroup's files are read once, and what containers
 * share (file systems, names of devices) once for all of them. For one call and one thread.
 */
final class Counting {
    private final Core core;
    private final Meters meters;
    private final Map<Path, Optional<FileSystemRoom>> rooms = new HashMap<>();
    private final Map<String, String> deviceNames = new HashMap<>();

    Counting(Core core) {
        this.core = core;
        this.meters = core.ports().meters();
    }

    /** The ready pods, in order of creation. */
    List<SandboxCounters> all() {
        return core.inventory().pods().all().stream()
                .filter(pod -> pod.phase() == PodPhase.READY)
                .sorted(
                        Comparator.comparingLong(PodRecord::createdAtNanos)
                                .thenComparing(PodRecord::id))
                .map(this::of)
                .toList();
    }

    private SandboxCounters of(PodRecord pod) {
        PodCgroup cgroup = pod.held().cgroup();
        return new SandboxCounters(
                pod.view(), cgroup == null ? "" : cgroup.path(), network(pod), containers(pod));
    }

    private List<ContainerCounters> containers(PodRecord pod) {
        return core.inventory().containersOf(pod.id()).stream()
                .filter(each -> each.state().phase() == ContainerPhase.RUNNING)
                .sorted(
                        Comparator.comparingLong(ContainerRecord::createdAtNanos)
                                .thenComparing(ContainerRecord::id))
                .flatMap(
                        each -> meters.counters(each.cgroup()).map(read -> of(each, read)).stream())
                .toList();
    }

    private ContainerCounters of(ContainerRecord container, CgroupCounters read) {
        DiskUsage writable = Stats.writable(core, container.id());
        return new ContainerCounters(
                container.view(),
                container.cgroup(),
                container.state().startedAt(),
                core.ports().nowNanos(),
                named(read),
                meters.openFiles(read.pids()).orElse(null),
                meters.softLimits(container.state().pid()),
                writable,
                writable == null ? null : room(writable.mountpoint()));
    }

    private @Nullable FileSystemRoom room(Path path) {
        return rooms.computeIfAbsent(path, meters::room).orElse(null);
    }

    private CgroupCounters named(CgroupCounters read) {
        List<DeviceIo> devices =
                read.devices().stream()
                        .map(io ->
                                new DeviceIo(
                                        io.numbers(),
                                        deviceNames.computeIfAbsent(
                                                io.numbers(), meters::deviceName),
                                        io.bytes(),
                                        io.operations()))
                        .toList();
        return new CgroupCounters(read.values(), devices, read.hugePages(), read.pids());
    }

    private @Nullable NetCounters network(PodRecord pod) {
        return Stats.network(core, pod).orElse(null);
    }
}
