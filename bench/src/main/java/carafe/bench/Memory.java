package carafe.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/**
 * Memory of processes.
 *
 * @param pssMib each page divided by the number of its users
 * @param privateMib pages of one user only
 * @param rssMib all pages, shared ones counted once per process
 */
record Memory(double pssMib, double privateMib, double rssMib) {
    private static final double KIB = 1024;

    /** All of them together; a process that has ended counts nothing. */
    static Memory of(Collection<Long> pids) {
        double pss = 0;
        double own = 0;
        double rss = 0;
        for (long pid : pids) {
            Memory one = parse(text(Path.of("/proc/%d/smaps_rollup".formatted(pid))));
            pss += one.pssMib();
            own += one.privateMib();
            rss += one.rssMib();
        }
        return new Memory(pss, own, rss);
    }

    /** From the text of a {@code smaps_rollup}. */
    static Memory parse(String rollup) {
        return new Memory(
                kib(rollup, "Pss:") / KIB,
                (kib(rollup, "Private_Clean:") + kib(rollup, "Private_Dirty:")) / KIB,
                kib(rollup, "Rss:") / KIB);
    }

    private static double kib(String rollup, String key) {
        return rollup.lines()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            // Gone between two looks.
            return "";
        }
    }
}
