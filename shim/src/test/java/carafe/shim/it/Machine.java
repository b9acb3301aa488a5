package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What the tests need of the machine they run on. */
final class Machine {
    private Machine() {}

    /** Skips the test where the program cannot work. */
    static void assumeCapable() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        assumeTrue(Files.isExecutable(busybox()), "needs a static busybox");
        assumeTrue(Files.isExecutable(program()), "needs the native program");
    }

    static Path busybox() {
        Path debian = Path.of("/usr/bin/busybox");
        return Files.exists(debian) ? debian : Path.of("/bin/busybox");
    }

    static Path program() {
        return Path.of("target/classes/carafe/shim/carafe-shim").toAbsolutePath();
    }

    /** Waits until it is so; fails after the time is over. */
    static void await(String what, Duration patience, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting until " + what).isLessThan(deadline);
            pause(Duration.ofMillis(5));
        }
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Whether the process is there and not a zombie. */
    static boolean isAlive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return !stat.substring(stat.lastIndexOf(')') + 2).startsWith("Z");
        } catch (IOException e) {
            return false;
        }
    }

    /** Clock ticks of user and system time. */
    static long cpuTicks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    /** Times the process gave up the CPU, which every wake-up adds to. */
    static long contextSwitches(long pid) throws IOException {
        return field(Path.of("/proc/" + pid + "/status"), "voluntary_ctxt_switches:");
    }

    /** Proportional set size in KiB. */
    static long pssKiB(long pid) throws IOException {
        return field(Path.of("/proc/" + pid + "/smaps_rollup"), "Pss:");
    }

    private static long field(Path file, String name) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new IOException(name + " is not in " + file));
    }

    static List<Long> childrenOf(long pid) throws IOException {
        Path file = Path.of("/proc/" + pid + "/task/" + pid + "/children");
        String text = Files.readString(file).strip();
        return text.isEmpty()
                ? List.of()
                : List.of(text.split(" ", -1)).stream().map(Long::valueOf).toList();
    }

    static String commandOf(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
    }
}
