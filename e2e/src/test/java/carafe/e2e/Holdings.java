package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.testkit.daemon.ShimProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What daemon and shims hold: a number that grows with the sessions of the past is a leak.
 *
 * @param threads of the daemon
 * @param daemonFiles descriptors of the daemon
 * @param shims shim processes
 * @param shimFiles descriptors of all of these
 * @param processes in the cgroups of pods and shims, zombies too
 */
record Holdings(int threads, int daemonFiles, int shims, int shimFiles, int processes) {
    /** Carrier threads and a pool's keep-alive come and go. */
    private static final int SLACK = 5;

    private static final Duration SETTLE = Duration.ofSeconds(30);

    static Holdings of(Node node) throws IOException {
        Path daemon = Path.of("/proc/" + node.daemon().pid());
        List<ShimProcess> shims = ShimProcess.of(node.instance());
        int shimFiles = 0;
        for (ShimProcess shim : shims) {
            shimFiles += count(Path.of("/proc/%d/fd".formatted(shim.pid())));
        }
        return new Holdings(
                count(daemon.resolve("task")),
                count(daemon.resolve("fd")),
                shims.size(),
                shimFiles,
                members(node));
    }

    private static int members(Node node) throws IOException {
        int members = 0;
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path each :
                    all.filter(dir -> dir.getFileName().toString().matches("[0-9]+")).toList()) {
                String cgroup = text(each.resolve("cgroup"));
                if (cgroup.contains(node.instance().podsCgroup())
                        || cgroup.contains(node.instance().shimsCgroup())) {
                    members++;
                }
            }
        }
        return members;
    }

    private static int count(Path dir) throws IOException {
        try (Stream<Path> entries = Files.list(dir)) {
            return (int) entries.count();
        } catch (NoSuchFileException e) {
            return 0; // ended between two looks
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // ended between two looks
        }
    }

    /** Waits until it is as before, and fails with both counts when that does not come. */
    Holdings awaitIn(Node node) throws IOException, InterruptedException {
        long end = System.nanoTime() + SETTLE.toNanos();
        Holdings now = of(node);
        while (!now.fitsInto(this)) {
            assertThat(System.nanoTime()).as("before: %s, now: %s", this, now).isLessThan(end);
            Thread.sleep(100);
            now = of(node);
        }
        return now;
    }

    private boolean fitsInto(Holdings before) {
        return threads <= before.threads + SLACK
                && daemonFiles <= before.daemonFiles + SLACK
                && shims == before.shims
                && shimFiles <= before.shimFiles
                && processes <= before.processes; // a server's child may have been there still
    }
}
