package carafe.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The CPU time of everything that ever was in a cgroup or below it, processes that have ended
 * included: {@code cpuacct.usage} of version 1, {@code cpu.stat} of version 2.
 *
 * @param dir the cgroup's directory; what is not there has used nothing
 */
record CgroupCpu(Path dir) {
    private static final Path MOUNTS = Path.of("/sys/fs/cgroup");
    private static final String VERSION_1 = "cpuacct.usage";
    private static final String VERSION_2 = "cpu.stat";
    private static final String USAGE = "usage_usec ";
    private static final double NANOS = 1e9;
    private static final double MICROS = 1e6;

    /**
     * @param cgroup path within the hierarchy, such as {@code /kubepods}
     */
    static CgroupCpu of(String cgroup) {
        return new CgroupCpu(hierarchy().resolve(cgroup.substring(1)));
    }

    /** The hierarchy that accounts CPU time on this machine. */
    private static Path hierarchy() {
        return List.of("cpuacct", "cpu,cpuacct").stream()
                .map(MOUNTS::resolve)
                .filter(dir -> Files.exists(dir.resolve(VERSION_1)))
                .findFirst()
                .orElse(MOUNTS);
    }

    /** Seconds so far. */
    double seconds() throws IOException {
        Path file = dir.resolve(VERSION_1);
        if (Files.exists(file)) {
            return version1(Files.readString(file));
        }
        Path stat = dir.resolve(VERSION_2);
        return Files.exists(stat) ? version2(Files.readString(stat)) : 0;
    }

    static double version1(String usage) {
        return Long.parseLong(usage.strip()) / NANOS;
    }

    static double version2(String stat) {
        return stat.lines()
                .filter(line -> line.startsWith(USAGE))
                .mapToDouble(line -> Long.parseLong(line.substring(USAGE.length()).strip()))
                .map(micros -> micros / MICROS)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no " + USAGE + "in " + stat));
    }

    /** The processes that are in it now, not those of cgroups below. */
    List<Long> processes() throws IOException {
        Path procs = dir.resolve("cgroup.procs");
        return Files.exists(procs)
                ? Files.readAllLines(procs).stream().map(Long::valueOf).toList()
                : List.of();
    }
}
