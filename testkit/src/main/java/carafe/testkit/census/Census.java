package carafe.testkit.census;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One count. Each entry is a line that names its kind and the thing, so that what is left over can
 * be read as it stands.
 */
public record Census(Set<String> entries) {
    private static final Path PROC = Path.of("/proc");
    private static final int MAX_CGROUP_DEPTH = 6;

    public Census {
        entries = Set.copyOf(entries);
    }

    /** Counts now. */
    public static Census take(CensusScope scope) {
        Set<String> entries = new TreeSet<>();
        processes(scope, entries);
        mounts(scope, entries);
        cgroups(scope, entries);
        links(entries);
        files(scope, entries);
        return new Census(entries);
    }

    /** What is here now and was not before, sorted. */
    public List<String> addedSince(Census before) {
        return entries.stream().filter(each -> !before.entries.contains(each)).sorted().toList();
    }

    /**
     * Waits until nothing is added any more, for the kernel frees some things a moment later.
     *
     * @return what is still there at the deadline; empty when all is well
     */
    public static List<String> leftOver(CensusScope scope, Census before, Duration deadline)
            throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        List<String> left = take(scope).addedSince(before);
        while (!left.isEmpty() && System.nanoTime() < end) {
            Thread.sleep(50);
            left = take(scope).addedSince(before);
        }
        return left;
    }

    private static void processes(CensusScope scope, Set<String> entries) {
        for (Path process : list(PROC)) {
            String pid = process.getFileName().toString();
            if (!pid.chars().allMatch(Character::isDigit)) {
                continue;
            }
            String seen =
                    link(process.resolve("cwd"))
                            + "\n"
                            + text(process.resolve("cmdline"))
                            + "\n"
                            + text(process.resolve("cgroup"));
            if (scope.mentions(seen) && !pid.equals(ownPid())) {
                entries.add("process %s %s".formatted(pid, text(process.resolve("comm")).strip()));
            }
        }
    }

    private static void mounts(CensusScope scope, Set<String> entries) {
        text(PROC.resolve("self/mountinfo"))
                .lines()
                .filter(scope::mentions)
                .forEach(line -> entries.add("mount " + line));
    }

    private static void cgroups(CensusScope scope, Set<String> entries) {
        Path top = Path.of("/sys/fs/cgroup");
        try (Stream<Path> tree = Files.find(top, MAX_CGROUP_DEPTH, (_, at) -> at.isDirectory())) {
            tree.filter(dir -> scope.cgroups().stream().anyMatch(dir.toString()::contains))
                    .forEach(dir -> entries.add("cgroup " + dir));
        } catch (IOException | UncheckedIOException e) {
            // A group that vanished while we looked is not left over.
        }
    }

    private static void links(Set<String> entries) {
        for (Path link : list(Path.of("/sys/class/net"))) {
            entries.add("link " + link.getFileName());
        }
    }

    private static void files(CensusScope scope, Set<String> entries) {
        for (Path root : scope.roots()) {
            if (Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
                try (Stream<Path> tree = Files.walk(root)) {
                    tree.forEach(file -> entries.add("file " + file));
                } catch (IOException | UncheckedIOException e) {
                    entries.add("file " + root + " (not readable: " + e + ")");
                }
            }
        }
    }

    private static List<Path> list(Path dir) {
        try (Stream<Path> entries = Files.list(dir)) {
            return entries.toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String text(Path file) {
        try {
            return new String(
                            Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    private static String link(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static String ownPid() {
        return Long.toString(ProcessHandle.current().pid());
    }

    @Override
    public String toString() {
        return entries.stream().sorted().collect(Collectors.joining("\n"));
    }
}
