package carafe.testkit.census;

import java.nio.file.Path;
import java.util.List;

/**
 * Which part of the machine a census counts: what belongs to the instance under test, so that other
 * work on the machine does not disturb it.
 *
 * @param roots data and state directories of the instance
 * @param cgroups names of its cgroup parents, as they appear in /proc/pid/cgroup
 */
public record CensusScope(List<Path> roots, List<String> cgroups) {
    public CensusScope {
        roots = List.copyOf(roots);
        cgroups = List.copyOf(cgroups);
    }

    boolean mentions(String text) {
        return roots.stream().anyMatch(root -> text.contains(root.toString()))
                || cgroups.stream().anyMatch(text::contains);
    }
}
