package carafe.rpc;

import static java.util.Objects.requireNonNull;

import carafe.linux.FileSystemRoom;
import carafe.linux.NetCounters;
import carafe.linux.OpenFiles;
import carafe.linux.cgroup.CgroupCounters;
import carafe.linux.cgroup.CgroupUsage;
import carafe.linux.cgroup.Counter;
import carafe.linux.cgroup.Pressure;
import carafe.runtime.api.ContainerCounters;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.ContainerUsage;
import carafe.runtime.api.DiskUsage;
import carafe.runtime.api.ResourceUsage;
import carafe.runtime.api.SandboxCounters;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxUsage;
import carafe.runtime.api.UsageStats;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The samples' usage, with nothing left at its default. Immutable. */
final class FakeStats implements UsageStats {
    private static final Pressure PRESSURE =
            new Pressure(
                    new Pressure.Stall(1000, 1.5, 2.5, 3.5), new Pressure.Stall(2000, 4, 5, 6));
    private static final ResourceUsage RESOURCES =
            new ResourceUsage(
                    77,
                    new CgroupUsage(
                            5_000_000L,
                            new CgroupUsage.Memory(1000, 300, 500, 7, 1, 2000L),
                            new CgroupUsage.Swap(10, 30L),
                            4L,
                            PRESSURE,
                            PRESSURE,
                            PRESSURE),
                    9L);

    static ContainerUsage usage() {
        return new ContainerUsage(
                Samples.containerStatus().view(),
                RESOURCES,
                new DiskUsage(78, Path.of("/var/lib/carafe"), 4096, 3));
    }

    @Override
    public ContainerUsage container(String id) {
        return usage();
    }

    @Override
    public List<ContainerUsage> containers(ContainerFilter filter) {
        return List.of(usage());
    }

    @Override
    public SandboxUsage sandbox(String id) {
        NetCounters counters =
                new NetCounters(
                        Optional.of("net1"),
                        List.of(
                                new NetCounters.Interface(
                                        "eth0",
                                        new NetCounters.Traffic(1, 11, 2, 12),
                                        new NetCounters.Traffic(3, 13, 4, 14)),
                                new NetCounters.Interface(
                                        "net1",
                                        new NetCounters.Traffic(5, 15, 6, 16),
                                        new NetCounters.Traffic(7, 17, 8, 18))));
        return new SandboxUsage(
                Samples.sandboxStatus().view(),
                RESOURCES,
                new SandboxUsage.Network(79, counters),
                List.of(usage()));
    }

    @Override
    public List<SandboxUsage> sandboxes(SandboxFilter filter) {
        return List.of(sandbox(""));
    }

    @Override
    public List<SandboxCounters> counters() {
        Map<Counter, Long> values = new EnumMap<>(Counter.class);
        for (Counter each : Counter.values()) {
            values.put(each, 3_000_000_000L + values.size());
        }
        return List.of(
                new SandboxCounters(
                        Samples.sandboxStatus().view(),
                        "/pods/p",
                        requireNonNull(sandbox("").network()).counters(),
                        List.of(
                                new ContainerCounters(
                                        Samples.containerStatus().view(),
                                        "/pods/p/c",
                                        7_000_000_000L,
                                        8_000_000_000L,
                                        new CgroupCounters(
                                                values,
                                                List.of(
                                                        new CgroupCounters.DeviceIo(
                                                                "8:0",
                                                                "/dev/sda",
                                                                Map.of("Read", 10L, "Write", 20L),
                                                                Map.of("Read", 1L, "Write", 2L))),
                                                List.of(
                                                        new CgroupCounters.HugePages(
                                                                "2MB", 4, Optional.of(6L))),
                                                Set.of(41, 42)),
                                        new OpenFiles(9, 5),
                                        Map.of("max_open_files", 1024L),
                                        usage().writable(),
                                        new FileSystemRoom("/dev/sda1", 1000, 100, 10)))));
    }
}
