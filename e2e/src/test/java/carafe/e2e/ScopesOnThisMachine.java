package carafe.e2e;

import carafe.testkit.systemd.ScriptedSystemd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What systemd does to the cgroups of this machine: memory, cpu and the tree of version 2. */
final class ScopesOnThisMachine implements ScriptedSystemd.World {
    private static final Path TOP = Path.of("/sys/fs/cgroup");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Override
    public void started(String cgroup, List<Integer> pids) throws IOException {
        for (Path root : roots()) {
            Path scope = root.resolve(cgroup.substring(1));
            Files.createDirectories(scope);
            for (int pid : pids) {
                Files.writeString(scope.resolve("cgroup.procs"), String.valueOf(pid));
            }
        }
    }

    /** Kills what is in it, then takes it away with the slices that have become empty. */
    @Override
    public void stopped(String cgroup) throws IOException {
        for (Path root : roots()) {
            Path scope = root.resolve(cgroup.substring(1));
            if (Files.isDirectory(scope)) {
                remove(scope);
                Path slice = scope.getParent();
                while (slice != null && !slice.equals(root) && isEmpty(slice)) {
                    Files.delete(slice);
                    slice = slice.getParent();
                }
            }
        }
    }

    private static void remove(Path scope) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(scope)) {
            all = found.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (Path each : all) {
            while (!Files.readString(each.resolve("cgroup.procs")).isBlank()) {
                kill(each);
                if (System.nanoTime() > end) {
                    throw new IOException(each + " is not empty");
                }
                LockSupport.parkNanos(5_000_000);
            }
            Files.delete(each);
        }
    }

    private static void kill(Path cgroup) throws IOException {
        for (String pid : Files.readAllLines(cgroup.resolve("cgroup.procs"))) {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private static boolean isEmpty(Path slice) throws IOException {
        try (Stream<Path> found = Files.list(slice)) {
            return found.noneMatch(Files::isDirectory);
        }
    }

    private static List<Path> roots() {
        List<Path> roots = new ArrayList<>();
        for (String each : List.of("memory", "cpu", "unified")) {
            Path root = TOP.resolve(each);
            if (Files.isDirectory(root)) {
                roots.add(root);
            }
        }
        return roots.isEmpty() ? List.of(TOP) : roots;
    }
}
