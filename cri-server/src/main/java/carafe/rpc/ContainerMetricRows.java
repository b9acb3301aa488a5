package carafe.rpc;

import static carafe.proto.cri.MetricType.COUNTER;
import static carafe.proto.cri.MetricType.GAUGE;

import carafe.linux.OpenFiles;
import carafe.linux.cgroup.Counter;
import carafe.proto.cri.MetricType;
import carafe.rpc.MetricRow.Sample;
import carafe.runtime.api.ContainerCounters;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** The metrics of a container out of its cgroup's counters; a limit of 0 is none. */
final class ContainerMetricRows {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    static final List<MetricRow<ContainerCounters>> ALL =
            Stream.of(
                            cpu(),
                            memory(),
                            faults(),
                            pressure(),
                            limits(),
                            processes(),
                            StorageMetricRows.ALL.stream())
                    .flatMap(rows -> rows)
                    .toList();

    private ContainerMetricRows() {}

    private static Stream<MetricRow<ContainerCounters>> cpu() {
        return Stream.of(
                new MetricRow<>(
                        "container_cpu_usage_seconds_total",
                        "CPU time used, all processors together",
                        COUNTER,
                        List.of("cpu"),
                        of -> seconds(of, Counter.CPU_NANOS, "total")),
                seconds("cpu_user_seconds_total", "CPU time in user mode", Counter.CPU_USER_NANOS),
                seconds(
                        "cpu_system_seconds_total",
                        "CPU time in the kernel",
                        Counter.CPU_SYSTEM_NANOS),
                counter(
                        "cpu_cfs_periods_total",
                        "Periods of the CPU quota in which it wanted to run",
                        Counter.CPU_PERIODS),
                counter(
                        "cpu_cfs_throttled_periods_total",
                        "Periods in which it met its CPU quota",
                        Counter.CPU_THROTTLED_PERIODS),
                seconds(
                        "cpu_cfs_throttled_seconds_total",
                        "Time for which its CPU quota held it",
                        Counter.CPU_THROTTLED_NANOS));
    }

    private static Stream<MetricRow<ContainerCounters>> memory() {
        return Stream.of(
                gauge("memory_usage_bytes", "Memory charged, caches too", Counter.MEMORY_BYTES),
                gauge(
                        "memory_working_set_bytes",
                        "Memory charged without inactive file cache; what eviction looks at",
                        Counter.MEMORY_WORKING_SET_BYTES),
                gauge("memory_rss", "Anonymous memory", Counter.MEMORY_ANONYMOUS_BYTES),
                gauge("memory_cache", "File cache", Counter.MEMORY_FILE_BYTES),
                gauge(
                        "memory_mapped_file",
                        "File cache that is mapped",
                        Counter.MEMORY_MAPPED_FILE_BYTES),
                gauge("memory_swap", "Memory swapped out", Counter.SWAP_BYTES),
                gauge(
                        "memory_kernel_usage",
                        "Memory of the kernel on its behalf",
                        Counter.MEMORY_KERNEL_BYTES),
                gauge(
                        "memory_max_usage_bytes",
                        "The most memory ever charged",
                        Counter.MEMORY_PEAK_BYTES),
                counter(
                        "memory_failcnt",
                        "How often usage met the limit",
                        Counter.MEMORY_LIMIT_HITS),
                counter(
                        "oom_events_total",
                        "Processes that the kernel killed for want of memory",
                        Counter.OOM_KILLS));
    }

    private static Stream<MetricRow<ContainerCounters>> faults() {
        return Stream.of(
                new MetricRow<>(
                        "container_memory_failures_total",
                        "Page faults, of the cgroup alone and with those below",
                        COUNTER,
                        List.of("failure_type", "scope"),
                        of ->
                                Stream.of(
                                                value(
                                                        of,
                                                        Counter.OWN_PAGE_FAULTS,
                                                        "pgfault",
                                                        "container"),
                                                value(
                                                        of,
                                                        Counter.OWN_MAJOR_PAGE_FAULTS,
                                                        "pgmajfault",
                                                        "container"),
                                                value(
                                                        of,
                                                        Counter.PAGE_FAULTS,
                                                        "pgfault",
                                                        "hierarchy"),
                                                value(
                                                        of,
                                                        Counter.MAJOR_PAGE_FAULTS,
                                                        "pgmajfault",
                                                        "hierarchy"))
                                        .flatMap(each -> each)));
    }

    private static Stream<MetricRow<ContainerCounters>> pressure() {
        return Stream.of(
                seconds(
                        "pressure_cpu_waiting_seconds_total",
                        "Time in which some of its tasks waited for a CPU",
                        Counter.CPU_SOME_NANOS),
                seconds(
                        "pressure_cpu_stalled_seconds_total",
                        "Time in which all of its tasks waited for a CPU",
                        Counter.CPU_FULL_NANOS),
                seconds(
                        "pressure_memory_waiting_seconds_total",
                        "Time in which some of its tasks waited for memory",
                        Counter.MEMORY_SOME_NANOS),
                seconds(
                        "pressure_memory_stalled_seconds_total",
                        "Time in which all of its tasks waited for memory",
                        Counter.MEMORY_FULL_NANOS),
                seconds(
                        "pressure_io_waiting_seconds_total",
                        "Time in which some of its tasks waited for I/O",
                        Counter.IO_SOME_NANOS),
                seconds(
                        "pressure_io_stalled_seconds_total",
                        "Time in which all of its tasks waited for I/O",
                        Counter.IO_FULL_NANOS));
    }

    private static Stream<MetricRow<ContainerCounters>> limits() {
        return Stream.of(
                gauge(
                        "spec_cpu_period",
                        "Period of the CPU quota in microseconds",
                        Counter.CPU_PERIOD_MICROS),
                gauge(
                        "spec_cpu_quota",
                        "CPU quota in microseconds per period; absent without one",
                        Counter.CPU_QUOTA_MICROS),
                gauge("spec_cpu_shares", "Relative CPU weight", Counter.CPU_SHARES),
                gauge(
                        "spec_memory_limit_bytes",
                        "Memory limit, 0 for none",
                        Counter.MEMORY_LIMIT_BYTES),
                gauge(
                        "spec_memory_reservation_limit_bytes",
                        "Memory that is protected or to shrink to, 0 for none",
                        Counter.MEMORY_RESERVATION_BYTES),
                gauge(
                        "spec_memory_swap_limit_bytes",
                        "Limit of memory and swap together with cgroups of version 1, of swap alone"
                                + " with version 2; 0 for none",
                        Counter.SWAP_LIMIT_BYTES));
    }

    private static Stream<MetricRow<ContainerCounters>> processes() {
        return Stream.of(
                row("processes", "Processes", of -> Sample.of(of.counters().pids().size())),
                gauge("threads", "Threads", Counter.THREADS),
                gauge("threads_max", "Limit of threads, 0 for none", Counter.THREADS_LIMIT),
                row(
                        "file_descriptors",
                        "Open file descriptors of all its processes",
                        of -> files(of, OpenFiles::descriptors)),
                row(
                        "sockets",
                        "Open sockets of all its processes",
                        of -> files(of, OpenFiles::sockets)),
                new MetricRow<>(
                        "container_ulimits_soft",
                        "Soft limits of its first process; unlimited ones are absent",
                        GAUGE,
                        List.of("ulimit"),
                        of ->
                                of.softLimits().entrySet().stream()
                                        .flatMap(
                                                each -> Sample.of(each.getValue(), each.getKey()))),
                row(
                        "start_time_seconds",
                        "When it was started, in Unix time",
                        of -> Sample.of(of.startedAtNanos() / NANOS_PER_SECOND)),
                row(
                        "last_seen",
                        "When it was measured, in Unix time",
                        of -> Sample.of(of.atNanos() / NANOS_PER_SECOND)));
    }

    private static MetricRow<ContainerCounters> gauge(String name, String help, Counter counter) {
        return row(name, help, GAUGE, of -> value(of, counter));
    }

    private static MetricRow<ContainerCounters> counter(String name, String help, Counter counter) {
        return row(name, help, COUNTER, of -> value(of, counter));
    }

    private static MetricRow<ContainerCounters> seconds(String name, String help, Counter counter) {
        return row(name, help, COUNTER, of -> seconds(of, counter));
    }

    private static MetricRow<ContainerCounters> row(
            String name, String help, Function<ContainerCounters, Stream<Sample>> samples) {
        return row(name, help, GAUGE, samples);
    }

    private static MetricRow<ContainerCounters> row(
            String name,
            String help,
            MetricType type,
            Function<ContainerCounters, Stream<Sample>> samples) {
        return new MetricRow<>("container_" + name, help, type, List.of(), samples);
    }

    private static Stream<Sample> files(ContainerCounters of, ToLongFunction<OpenFiles> value) {
        OpenFiles files = of.files();
        return files == null ? Stream.empty() : Sample.of(value.applyAsLong(files));
    }

    private static Stream<Sample> value(ContainerCounters of, Counter counter, String... labels) {
        return of.counters().value(counter).stream().flatMap(value -> Sample.of(value, labels));
    }

    private static Stream<Sample> seconds(ContainerCounters of, Counter counter, String... labels) {
        return of.counters().value(counter).stream()
                .flatMap(nanos -> Sample.of(nanos / NANOS_PER_SECOND, labels));
    }
}
