package carafe.rpc;

import carafe.linux.NetCounters;
import carafe.linux.cgroup.CgroupUsage;
import carafe.linux.cgroup.Pressure;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.ContainerUsage;
import carafe.runtime.api.DiskUsage;
import carafe.runtime.api.ResourceUsage;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxUsage;
import carafe.runtime.api.UsageStats;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
                                new NetCounters.Interface("eth0", 1, 2, 3, 4),
                                new NetCounters.Interface("net1", 5, 6, 7, 8)));
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
}
