package carafe.server;

import carafe.linux.NetCounters;
import carafe.linux.NetCounters.Traffic;
import carafe.linux.cgroup.CgroupUsage;
import carafe.linux.cgroup.Pressure;
import carafe.metrics.Families;
import carafe.metrics.Meters;
import carafe.metrics.Rows;
import carafe.runtime.api.ContainerUsage;
import carafe.runtime.api.DiskUsage;
import carafe.runtime.api.ResourceUsage;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxMetadata;
import carafe.runtime.api.SandboxUsage;
import carafe.runtime.api.UsageStats;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What running containers use, by their names. Read at each scrape, so a series is there as long as
 * its container runs. Thread-safe.
 */
record ContainerGauges(UsageStats stats) {
    private static final double NANOS_PER_SECOND = 1e9;

    static void register(Meters meters, UsageStats stats) {
        ContainerGauges gauges = new ContainerGauges(stats);
        meters.read(
                List.of(
                        Families.CONTAINER_CPU,
                        Families.CONTAINER_WORKING_SET,
                        Families.CONTAINER_MEMORY_LIMIT,
                        Families.CONTAINER_THREADS,
                        Families.CONTAINER_WRITTEN,
                        Families.CONTAINER_PRESSURE,
                        Families.CONTAINER_ATTEMPT,
                        Families.POD_NETWORK_BYTES,
                        Families.POD_NETWORK_LOST),
                gauges::tell);
    }

    private void tell(Rows rows) {
        for (SandboxUsage pod : stats.sandboxes(SandboxFilter.ALL)) {
            SandboxMetadata name = pod.sandbox().metadata();
            pod.containers().forEach(each -> container(rows, name, each));
            SandboxUsage.Network network = pod.network();
            if (network != null) {
                network(rows, name, network.counters());
            }
        }
    }

    private static void container(Rows rows, SandboxMetadata pod, ContainerUsage usage) {
        String[] labels = {pod.namespace(), pod.name(), usage.container().metadata().name()};
        rows.row(Families.CONTAINER_ATTEMPT, usage.container().metadata().attempt(), labels);
        DiskUsage writable = usage.writable();
        if (writable != null) {
            rows.row(Families.CONTAINER_WRITTEN, (double) writable.bytes(), labels);
        }
        ResourceUsage resources = usage.resources();
        if (resources != null) {
            cgroup(rows, labels, resources.used());
        }
    }

    private static void cgroup(Rows rows, String[] labels, CgroupUsage used) {
        Long cpu = used.cpuNanos();
        if (cpu != null) {
            rows.row(Families.CONTAINER_CPU, cpu / NANOS_PER_SECOND, labels);
        }
        CgroupUsage.Memory memory = used.memory();
        if (memory != null) {
            rows.row(Families.CONTAINER_WORKING_SET, (double) memory.workingSet(), labels);
            Long limit = memory.limit();
            if (limit != null) {
                rows.row(Families.CONTAINER_MEMORY_LIMIT, (double) limit, labels);
            }
        }
        Long threads = used.processes();
        if (threads != null) {
            rows.row(Families.CONTAINER_THREADS, (double) threads, labels);
        }
        pressure(rows, labels, "cpu", used.cpuPressure());
        pressure(rows, labels, "memory", used.memoryPressure());
        pressure(rows, labels, "io", used.ioPressure());
    }

    private static void pressure(
            Rows rows, String[] labels, String resource, @Nullable Pressure pressure) {
        if (pressure != null) {
            rows.row(
                    Families.CONTAINER_PRESSURE,
                    pressure.some().totalNanos() / NANOS_PER_SECOND,
                    labels[0],
                    labels[1],
                    labels[2],
                    resource);
        }
    }

    private static void network(Rows rows, SandboxMetadata pod, NetCounters counters) {
        direction(rows, pod, "received", sum(counters, NetCounters.Interface::received));
        direction(rows, pod, "sent", sum(counters, NetCounters.Interface::sent));
    }

    private static Traffic sum(NetCounters counters, Function<NetCounters.Interface, Traffic> way) {
        ToLongFunction<ToLongFunction<Traffic>> total =
                figure -> counters.interfaces().stream().map(way).mapToLong(figure).sum();
        return new Traffic(
                total.applyAsLong(Traffic::bytes),
                total.applyAsLong(Traffic::packets),
                total.applyAsLong(Traffic::errors),
                total.applyAsLong(Traffic::dropped));
    }

    private static void direction(
            Rows rows, SandboxMetadata pod, String direction, Traffic traffic) {
        String[] labels = {pod.namespace(), pod.name(), direction};
        rows.row(Families.POD_NETWORK_BYTES, (double) traffic.bytes(), labels);
        rows.row(Families.POD_NETWORK_LOST, (double) traffic.errors() + traffic.dropped(), labels);
    }
}
