package carafe.runtime.stats;

import carafe.runtime.api.ContainerPhase;
import carafe.runtime.container.ImageMounts;
import carafe.runtime.port.LogTotals;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.Core;
import carafe.runtime.state.LogFigures;
import carafe.runtime.state.PodPhase;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Figures of the node as a whole, found out when somebody asks. Thread-safe. */
public final class NodeFigures {
    private final Core core;

    public NodeFigures(Core core) {
        this.core = core;
    }

    /**
     * Things that nobody owns any more, by kind.
     *
     * @param busy ids of pods and containers that are being made or removed now
     * @param remains what the kernel has, as ids by kind
     */
    public Map<String, Integer> leaks(
            Supplier<Set<String>> busy, Supplier<Map<String, List<String>>> remains) {
        // What is there first, who owns it last: what is made meanwhile is then known.
        Set<Path> bundles = new HashSet<>(entries(core.paths().containers()));
        bundles.addAll(entries(core.paths().pods()));
        Set<String> rootfs = core.ports().images().prepared();
        Map<String, List<String>> found = beside(remains);
        Set<String> working = busy.get();
        Predicate<String> owned =
                id ->
                        working.contains(id)
                                || core.inventory().containers().find(id).isPresent()
                                || core.inventory().pods().find(id).isPresent();
        Map<String, Integer> leaks = new LinkedHashMap<>();
        leaks.put(
                "bundle",
                count(
                        bundles,
                        each -> !owned.test(each.getFileName().toString()) && Files.exists(each)));
        Set<String> still = core.ports().images().prepared();
        leaks.put(
                "rootfs",
                count(
                        rootfs,
                        each ->
                                !owned.test(ImageMounts.containerOf(each))
                                        && still.contains(each)));
        leaks.put(
                "pod",
                count(
                        core.inventory().pods().all(),
                        each ->
                                each.phase() == PodPhase.NOT_READY
                                        && !each.released()
                                        && !working.contains(each.id())));
        leaks.putAll(ownerless(found, owned, () -> beside(remains)));
        return leaks;
    }

    private Map<String, List<String>> beside(Supplier<Map<String, List<String>>> remains) {
        Map<String, List<String>> found = new LinkedHashMap<>(remains.get());
        found.put("network", List.copyOf(core.ports().network().attached()));
        return found;
    }

    /** What is on its way out at the first look is gone at the second. */
    private static Map<String, Integer> ownerless(
            Map<String, List<String>> found,
            Predicate<String> owned,
            Supplier<Map<String, List<String>>> again) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        boolean suspicious =
                found.values().stream().flatMap(List::stream).anyMatch(id -> !owned.test(id));
        Map<String, List<String>> still = suspicious ? again.get() : Map.of();
        for (String kind : found.keySet()) {
            counts.put(
                    kind,
                    count(
                            still.getOrDefault(kind, List.of()),
                            id -> found.get(kind).contains(id) && !owned.test(id)));
        }
        return counts;
    }

    /** Size of the logs of running containers. */
    public long logBytes() {
        return core.inventory().containers().all().stream()
                .filter(each -> each.state().phase() == ContainerPhase.RUNNING)
                .filter(each -> !each.settings().logPath().isEmpty())
                .mapToLong(each -> size(Path.of(each.settings().logPath())))
                .sum();
    }

    /** What the logs of running containers have taken, by the container's id. */
    public Map<String, LogTotals> logs() {
        Map<String, LogTotals> logs = new HashMap<>();
        for (ContainerRecord each : core.inventory().containers().all()) {
            if (each.state().phase() == ContainerPhase.RUNNING) {
                LogFigures.read(core.paths().container(each.id()))
                        .ifPresent(log -> logs.put(each.id(), log));
            }
        }
        return logs;
    }

    /** How many listen to events. */
    public int subscribers() {
        return core.events().subscribers();
    }

    private static long size(Path log) {
        try {
            return Files.size(log);
        } catch (IOException e) {
            return 0; // kubelet has moved it away, or it is not there yet
        }
    }

    private static <T> int count(Collection<T> all, Predicate<T> which) {
        return (int) all.stream().filter(which).count();
    }

    private static Set<Path> entries(Path directory) {
        Set<Path> found = new HashSet<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(directory, Files::isDirectory)) {
            entries.forEach(found::add);
        } catch (IOException e) {
            return found; // nothing was ever made
        }
        return found;
    }
}
