package carafe.testkit.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One living shim process, found as an outsider finds it: by its name and its cgroup.
 *
 * @param pid of a control, pump or pod process, or of the one that starts them
 */
public record ShimProcess(long pid) {
    private static final Set<String> NAMES = Set.of("carafe-shim", "carafe-pump", "carafe-spawner");
    private static final int STAT_STATE = 0;
    private static final int STAT_USER_TICKS = 11;
    private static final int STAT_SYSTEM_TICKS = 12;

    /** All shim processes of an instance, now. */
    public static List<ShimProcess> of(Instance instance) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return entries.filter(dir -> dir.getFileName().toString().matches("[0-9]+"))
                    .filter(dir -> NAMES.contains(text(dir.resolve("comm")).strip()))
                    .filter(dir -> text(dir.resolve("cgroup")).contains(instance.shimsCgroup()))
                    .map(dir -> new ShimProcess(Long.parseLong(dir.getFileName().toString())))
                    .filter(shim -> !shim.stat(STAT_STATE).equals("Z"))
                    .toList();
        }
    }

    /** Proportional set size; 0 when the process has ended. */
    public long pssKiB() {
        return text(Path.of("/proc/%d/smaps_rollup".formatted(pid)))
                .lines()
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
    }

    /** User and system time used so far, in clock ticks (10 ms); 0 when the process has ended. */
    public long cpuTicks() {
        String user = stat(STAT_USER_TICKS);
        return user.isEmpty() ? 0 : Long.parseLong(user) + Long.parseLong(stat(STAT_SYSTEM_TICKS));
    }

    /** How often the process gave up the CPU by itself: an idle one does not wake up. */
    public long voluntarySwitches() {
        return text(Path.of("/proc/%d/status".formatted(pid)))
                .lines()
                .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
    }

    /** A field of /proc/pid/stat, counted from the state on. */
    private String stat(int field) {
        String stat = text(Path.of("/proc/%d/stat".formatted(pid)));
        return stat.isEmpty()
                ? ""
                : stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[field];
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // Gone between two looks.
            return "";
        }
    }
}
