package carafe.linux.cgroup;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a cgroup has read from and written to block devices. Version 1 counts what a throttle limit
 * applies to, and nothing else, unless the disk's scheduler is bfq. Thread-safe.
 */
final class DeviceCounters {
    /** Version 2's names in the words of version 1. */
    private static final Map<String, String> BYTES =
            Map.of("rbytes", "Read", "wbytes", "Write", "dbytes", "Discard");

    private static final Map<String, String> OPERATIONS =
            Map.of("rios", "Read", "wios", "Write", "dios", "Discard");

    private final CounterFiles files;

    DeviceCounters(CounterFiles files) {
        this.files = files;
    }

    List<CgroupCounters.DeviceIo> read(CgroupTree.ControllerDirectory where) {
        Map<String, Map<String, Long>> bytes = new TreeMap<>();
        Map<String, Map<String, Long>> operations = new TreeMap<>();
        if (where.version() == 2) {
            for (String line : files.lines(where.directory().resolve("io.stat"))) {
                nested(line, BYTES, bytes);
                nested(line, OPERATIONS, operations);
            }
        } else {
            versionOne(where.directory(), "io_service_bytes_recursive", bytes);
            versionOne(where.directory(), "io_serviced_recursive", operations);
        }
        return bytes.entrySet().stream()
                .map(each ->
                        new CgroupCounters.DeviceIo(
                                each.getKey(),
                                each.getKey(),
                                each.getValue(),
                                operations.getOrDefault(each.getKey(), Map.of())))
                .toList();
    }

    /** The scheduler's own figures where it has any: they are complete. */
    private void versionOne(Path directory, String name, Map<String, Map<String, Long>> into) {
        flat(directory.resolve("blkio.throttle." + name), into);
        flat(directory.resolve("blkio.bfq." + name), into);
    }

    /** Lines {@code 8:0 Read 4096}, and a last one {@code Total 4096}. */
    private void flat(Path file, Map<String, Map<String, Long>> into) {
        for (String line : files.lines(file)) {
            String[] words = line.split(" ", -1);
            Long value = words.length == 3 ? CounterFiles.parsed(words[2]) : null;
            if (value != null && !words[1].equals("Total")) {
                into.computeIfAbsent(words[0], _ -> new HashMap<>())
                        .merge(words[1], value, Math::max);
            }
        }
    }

    /** A line {@code 8:0 rbytes=4096 wbytes=0}. */
    private static void nested(
            String line, Map<String, String> names, Map<String, Map<String, Long>> into) {
        String[] words = line.split(" ", -1);
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            String name = equals < 0 ? null : names.get(words[i].substring(0, equals));
            Long value = name == null ? null : CounterFiles.parsed(words[i].substring(equals + 1));
            if (name != null && value != null) {
                into.computeIfAbsent(words[0], _ -> new HashMap<>()).put(name, value);
            }
        }
    }
}
