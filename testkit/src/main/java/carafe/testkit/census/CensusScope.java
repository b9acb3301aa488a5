package carafe.testkit.census;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Which part of the machine a census counts: what belongs to the instance under test, so that other
 * work on the machine does not disturb it.
 *
 * @param roots data and state directories of the instance; also where its network plugins keep
 *     their addresses
 * @param cgroups names of its cgroup parents, as they appear in /proc/pid/cgroup
 * @param links beginnings of the names of its network links; links attached to one of them count
 *     too
 * @param exceptPids processes that do not count themselves, as the daemon that a test restarts;
 *     what they hold counts all the same
 */
public record CensusScope(
        List<Path> roots, List<String> cgroups, List<String> links, Set<Long> exceptPids) {
    public CensusScope {
        roots = List.copyOf(roots);
        cgroups = List.copyOf(cgroups);
        links = List.copyOf(links);
        exceptPids = Set.copyOf(exceptPids);
    }

    /** A scope without links, in which every process counts. */
    public CensusScope(List<Path> roots, List<String> cgroups) {
        this(roots, cgroups, List.of(), Set.of());
    }

    /** The same scope, in which these processes do not count. */
    public CensusScope except(Set<Long> pids) {
        return new CensusScope(roots, cgroups, links, pids);
    }

    /** Whether the text names a root or a cgroup of the scope. */
    boolean mentions(String text) {
        return roots.stream().anyMatch(root -> text.contains(root.toString()))
                || cgroups.stream().anyMatch(text::contains);
    }

    boolean ownsLink(String name) {
        return links.stream().anyMatch(name::startsWith);
    }
}
