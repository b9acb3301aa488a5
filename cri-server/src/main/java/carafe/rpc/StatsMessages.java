package carafe.rpc;

import carafe.linux.NetCounters;
import carafe.linux.cgroup.CgroupUsage;
import carafe.linux.cgroup.Pressure;
import carafe.proto.cri.ContainerAttributes;
import carafe.proto.cri.ContainerStats;
import carafe.proto.cri.ContainerStatsFilter;
import carafe.proto.cri.CpuUsage;
import carafe.proto.cri.FilesystemIdentifier;
import carafe.proto.cri.FilesystemUsage;
import carafe.proto.cri.IoUsage;
import carafe.proto.cri.LinuxPodSandboxStats;
import carafe.proto.cri.MemoryUsage;
import carafe.proto.cri.NetworkInterfaceUsage;
import carafe.proto.cri.NetworkUsage;
import carafe.proto.cri.PodSandbox;
import carafe.proto.cri.PodSandboxAttributes;
import carafe.proto.cri.PodSandboxStats;
import carafe.proto.cri.PodSandboxStatsFilter;
import carafe.proto.cri.ProcessUsage;
import carafe.proto.cri.PsiData;
import carafe.proto.cri.PsiStats;
import carafe.proto.cri.SwapUsage;
import carafe.proto.cri.UInt64Value;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.ContainerUsage;
import carafe.runtime.api.ContainerView;
import carafe.runtime.api.DiskUsage;
import carafe.runtime.api.ResourceUsage;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxUsage;
import org.jspecify.annotations.Nullable;

/** What pods and containers use, as protocol messages. What was not measured is not set. */
final class StatsMessages {
    /** The name that kubelet takes for the default one where there is no default route. */
    private static final String USUAL_INTERFACE = "eth0";

    private StatsMessages() {}

    static ContainerFilter filter(ContainerStatsFilter filter) {
        return new ContainerFilter(
                filter.getId().isEmpty() ? "" : Requests.id("filter.id", filter.getId()),
                filter.getPodSandboxId().isEmpty()
                        ? ""
                        : Requests.id("filter.pod_sandbox_id", filter.getPodSandboxId()),
                null,
                filter.getLabelSelectorMap());
    }

    static SandboxFilter filter(PodSandboxStatsFilter filter) {
        return new SandboxFilter(
                filter.getId().isEmpty() ? "" : Requests.id("filter.id", filter.getId()),
                null,
                filter.getLabelSelectorMap());
    }

    static ContainerStats container(ContainerUsage usage) {
        ContainerStats.Builder stats =
                ContainerStats.newBuilder().setAttributes(attributes(usage.container()));
        ResourceUsage resources = usage.resources();
        if (resources != null) {
            long at = resources.atNanos();
            CgroupUsage used = resources.used();
            stats.setCpu(cpu(resources));
            CgroupUsage.Memory memory = used.memory();
            if (memory != null) {
                stats.setMemory(memory(at, memory, used.memoryPressure()));
            }
            CgroupUsage.Swap swap = used.swap();
            if (swap != null) {
                stats.setSwap(swap(at, swap));
            }
            Pressure io = used.ioPressure();
            if (io != null) {
                stats.setIo(IoUsage.newBuilder().setTimestamp(at).setPsi(psi(io)));
            }
        }
        DiskUsage writable = usage.writable();
        if (writable != null) {
            stats.setWritableLayer(disk(writable));
        }
        return stats.build();
    }

    static PodSandboxStats sandbox(SandboxUsage usage) {
        LinuxPodSandboxStats.Builder stats = LinuxPodSandboxStats.newBuilder();
        ResourceUsage resources = usage.resources();
        if (resources != null) {
            long at = resources.atNanos();
            CgroupUsage used = resources.used();
            stats.setCpu(cpu(resources));
            CgroupUsage.Memory memory = used.memory();
            if (memory != null) {
                stats.setMemory(memory(at, memory, used.memoryPressure()));
            }
            Long processes = used.processes();
            if (processes != null) {
                stats.setProcess(
                        ProcessUsage.newBuilder()
                                .setTimestamp(at)
                                .setProcessCount(number(processes)));
            }
            Pressure io = used.ioPressure();
            if (io != null) {
                stats.setIo(IoUsage.newBuilder().setTimestamp(at).setPsi(psi(io)));
            }
        }
        SandboxUsage.Network network = usage.network();
        if (network != null) {
            stats.setNetwork(network(network));
        }
        usage.containers().forEach(each -> stats.addContainers(container(each)));
        return PodSandboxStats.newBuilder()
                .setAttributes(attributes(usage))
                .setLinux(stats)
                .build();
    }

    private static ContainerAttributes attributes(ContainerView view) {
        return ContainerAttributes.newBuilder()
                .setId(view.id())
                .setMetadata(ContainerMessages.item(view).getMetadata())
                .putAllLabels(view.labels())
                .putAllAnnotations(view.annotations())
                .build();
    }

    private static PodSandboxAttributes attributes(SandboxUsage usage) {
        PodSandbox item = SandboxMessages.item(usage.sandbox());
        return PodSandboxAttributes.newBuilder()
                .setId(item.getId())
                .setMetadata(item.getMetadata())
                .putAllLabels(item.getLabelsMap())
                .putAllAnnotations(item.getAnnotationsMap())
                .build();
    }

    private static CpuUsage cpu(ResourceUsage resources) {
        CpuUsage.Builder cpu = CpuUsage.newBuilder().setTimestamp(resources.atNanos());
        Long total = resources.used().cpuNanos();
        if (total != null) {
            cpu.setUsageCoreNanoSeconds(number(total));
        }
        Long rate = resources.nanoCores();
        if (rate != null) {
            cpu.setUsageNanoCores(number(rate));
        }
        Pressure pressure = resources.used().cpuPressure();
        if (pressure != null) {
            cpu.setPsi(psi(pressure));
        }
        return cpu.build();
    }

    private static MemoryUsage memory(
            long at, CgroupUsage.Memory memory, @Nullable Pressure pressure) {
        MemoryUsage.Builder message =
                MemoryUsage.newBuilder()
                        .setTimestamp(at)
                        .setWorkingSetBytes(number(memory.workingSet()))
                        .setUsageBytes(number(memory.usage()))
                        .setRssBytes(number(memory.anonymous()))
                        .setPageFaults(number(memory.pageFaults()))
                        .setMajorPageFaults(number(memory.majorPageFaults()));
        memory.available().ifPresent(bytes -> message.setAvailableBytes(number(bytes)));
        if (pressure != null) {
            message.setPsi(psi(pressure));
        }
        return message.build();
    }

    private static SwapUsage swap(long at, CgroupUsage.Swap swap) {
        SwapUsage.Builder message =
                SwapUsage.newBuilder().setTimestamp(at).setSwapUsageBytes(number(swap.usage()));
        swap.available().ifPresent(bytes -> message.setSwapAvailableBytes(number(bytes)));
        return message.build();
    }

    private static FilesystemUsage disk(DiskUsage disk) {
        return FilesystemUsage.newBuilder()
                .setTimestamp(disk.atNanos())
                .setFsId(
                        FilesystemIdentifier.newBuilder()
                                .setMountpoint(disk.mountpoint().toString()))
                .setUsedBytes(number(disk.bytes()))
                .setInodesUsed(number(disk.inodes()))
                .build();
    }

    private static NetworkUsage network(SandboxUsage.Network network) {
        NetworkUsage.Builder message = NetworkUsage.newBuilder().setTimestamp(network.atNanos());
        String main = network.counters().defaultInterface().orElse(USUAL_INTERFACE);
        for (NetCounters.Interface each : network.counters().interfaces()) {
            NetworkInterfaceUsage usage =
                    NetworkInterfaceUsage.newBuilder()
                            .setName(each.name())
                            .setRxBytes(number(each.received().bytes()))
                            .setRxErrors(number(each.received().errors()))
                            .setTxBytes(number(each.sent().bytes()))
                            .setTxErrors(number(each.sent().errors()))
                            .build();
            if (each.name().equals(main)) {
                message.setDefaultInterface(usage);
            } else {
                message.addInterfaces(usage);
            }
        }
        return message.build();
    }

    private static PsiStats psi(Pressure pressure) {
        return PsiStats.newBuilder()
                .setFull(stall(pressure.full()))
                .setSome(stall(pressure.some()))
                .build();
    }

    private static PsiData stall(Pressure.Stall stall) {
        return PsiData.newBuilder()
                .setTotal(stall.totalNanos())
                .setAvg10(stall.avg10())
                .setAvg60(stall.avg60())
                .setAvg300(stall.avg300())
                .build();
    }

    private static UInt64Value number(long value) {
        return UInt64Value.newBuilder().setValue(value).build();
    }
}
