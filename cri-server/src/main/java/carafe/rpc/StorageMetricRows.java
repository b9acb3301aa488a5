package carafe.rpc;

import static carafe.proto.cri.MetricType.COUNTER;
import static carafe.proto.cri.MetricType.GAUGE;

import carafe.linux.FileSystemRoom;
import carafe.linux.cgroup.CgroupCounters.DeviceIo;
import carafe.rpc.MetricRow.Sample;
import carafe.runtime.api.ContainerCounters;
import carafe.runtime.api.DiskUsage;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The metrics of a container's files, block devices and huge pages. */
final class StorageMetricRows {
    static final List<MetricRow<ContainerCounters>> ALL =
            List.of(
                    disk("usage_bytes", "Bytes that its own files take", DiskUsage::bytes),
                    room(
                            "limit_bytes",
                            "Size of the file system that its own files are on",
                            FileSystemRoom::totalBytes),
                    room(
                            "inodes_total",
                            "Inodes of that file system, 0 where there is no fixed number",
                            FileSystemRoom::totalInodes),
                    room(
                            "inodes_free",
                            "Free inodes of that file system",
                            FileSystemRoom::freeInodes),
                    device("reads_bytes_total", "Bytes read", DeviceIo::bytes, "Read"),
                    device("reads_total", "Read operations", DeviceIo::operations, "Read"),
                    device("writes_bytes_total", "Bytes written", DeviceIo::bytes, "Write"),
                    device("writes_total", "Write operations", DeviceIo::operations, "Write"),
                    new MetricRow<>(
                            "container_blkio_device_usage_total",
                            "Bytes to and from block devices by operation",
                            COUNTER,
                            List.of("device", "major", "minor", "operation"),
                            of -> of.counters().devices().stream().flatMap(StorageMetricRows::io)),
                    new MetricRow<>(
                            "container_hugetlb_usage_bytes",
                            "Huge pages in use",
                            GAUGE,
                            List.of("pagesize"),
                            of ->
                                    of.counters().hugePages().stream()
                                            .flatMap(each -> Sample.of(each.bytes(), each.size()))),
                    new MetricRow<>(
                            "container_hugetlb_max_usage_bytes",
                            "The most huge pages ever in use; absent with cgroups of version 2",
                            GAUGE,
                            List.of("pagesize"),
                            of ->
                                    of.counters().hugePages().stream()
                                            .flatMap(each ->
                                                    each.peakBytes().stream()
                                                            .flatMap(peak ->
                                                                    Sample.of(
                                                                            peak, each.size())))));

    private StorageMetricRows() {}

    private static MetricRow<ContainerCounters> disk(
            String name, String help, ToLongFunction<DiskUsage> value) {
        return onDisk(
                name,
                help,
                (of, room) -> {
                    DiskUsage writable = of.writable();
                    return writable == null
                            ? Stream.empty()
                            : Sample.of(value.applyAsLong(writable), room.device());
                });
    }

    private static MetricRow<ContainerCounters> room(
            String name, String help, ToLongFunction<FileSystemRoom> value) {
        return onDisk(name, help, (_, room) -> Sample.of(value.applyAsLong(room), room.device()));
    }

    private static MetricRow<ContainerCounters> onDisk(
            String name,
            String help,
            BiFunction<ContainerCounters, FileSystemRoom, Stream<Sample>> samples) {
        return new MetricRow<>(
                "container_fs_" + name,
                help,
                GAUGE,
                List.of("device"),
                of -> {
                    FileSystemRoom room = of.room();
                    return room == null ? Stream.empty() : samples.apply(of, room);
                });
    }

    private static MetricRow<ContainerCounters> device(
            String name,
            String help,
            Function<DeviceIo, Map<String, Long>> figures,
            String operation) {
        return new MetricRow<>(
                "container_fs_" + name,
                help + ", as far as the kernel counts: see docs/stats.md",
                COUNTER,
                List.of("device"),
                of ->
                        of.counters().devices().stream()
                                .flatMap(
                                        each -> written(figures.apply(each).get(operation), each)));
    }

    private static Stream<Sample> written(@Nullable Long value, DeviceIo device) {
        return value == null ? Stream.empty() : Sample.of(value, device.name());
    }

    private static Stream<Sample> io(DeviceIo device) {
        String[] numbers = device.numbers().split(":", 2);
        String minor = numbers.length == 2 ? numbers[1] : "";
        return device.bytes().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(each ->
                        Sample.of(
                                each.getValue(), device.name(), numbers[0], minor, each.getKey()));
    }
}
