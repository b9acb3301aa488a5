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
 * be read as it stands. Kinds: process, zombie, netns, mount, cgroup, link, socket, file.
 */
public record Census(Set<String> entries) {
    private static final int MAX_CGROUP_DEPTH = 6;

    public Census {
        entries = Set.copyOf(entries);
    }

    /** Counts now. */
    public static Census take(CensusScope scope) {
        Set<String> entries = new TreeSet<>();
        new ProcessCount(scope).addTo(entries);
        mounts(scope, entries);
        cgroups(scope, entries);
        links(scope, entries);
        sockets(scope, entries);
        files(scope, entries);
        return new Census(entries);
    }

    /** What is here now and was not before, sorted. */
    public List<String> addedSince(Census before) {
        return entries.stream().filter(each -> !before.entries.contains(each)).sorted().toList();
    }

    /** This count without the entries of one kind, as {@code file}. */
    public Census without(String kind) {
        return new Census(
                entries.stream()
                        .filter(each -> !each.startsWith(kind + " "))
                        .collect(Collectors.toSet()));
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

    private static void mounts(CensusScope scope, Set<String> entries) {
        ProcFiles.text(ProcFiles.PROC.resolve("self/mountinfo"))
                .lines()
                .filter(scope::mentions)
                .forEach(line -> entries.add("mount " + line));
    }

    private static void cgroups(CensusScope scope, Set<String> entries) {
        DirectoryCount.below(Path.of("/sys/fs/cgroup"), MAX_CGROUP_DEPTH)
                .filter(dir -> scope.cgroups().stream().anyMatch(dir.toString()::contains))
                .forEach(dir -> entries.add("cgroup " + dir));
    }

    private static void links(CensusScope scope, Set<String> entries) {
        for (Path link : ProcFiles.list(Path.of("/sys/class/net"))) {
            String name = link.getFileName().toString();
            String master = Path.of(ProcFiles.link(link.resolve("master"))).getFileName() + "";
            if (scope.ownsLink(name) || scope.ownsLink(master)) {
                entries.add("link " + name);
            }
        }
    }

    /** Of the sockets only the kind and path: the kernel's addresses of them mean nothing. */
    private static void sockets(CensusScope scope, Set<String> entries) {
        ProcFiles.text(ProcFiles.PROC.resolve("net/unix"))
                .lines()
                .filter(scope::mentions)
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .forEach(path -> entries.add("socket " + path));
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

    @Override
    public String toString() {
        return entries.stream().sorted().collect(Collectors.joining("\n"));
    }
}
