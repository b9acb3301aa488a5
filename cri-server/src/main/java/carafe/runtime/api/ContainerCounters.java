package carafe.runtime.api;

import carafe.linux.FileSystemRoom;
import carafe.linux.OpenFiles;
import carafe.linux.cgroup.CgroupCounters;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is counted of a running container.
 *
 * @param cgroup its path below each hierarchy's root
 * @param startedAtNanos Unix time
 * @param atNanos Unix time of the sample
 * @param counters of the cgroup; its devices have their paths in /dev for names
 * @param files absent when there are too many to look at
 * @param softLimits of its first process, by name, without the unlimited ones
 * @param writable absent when its files are gone
 * @param room of the file system that its files are on
 */
public record ContainerCounters(
        ContainerView container,
        String cgroup,
        long startedAtNanos,
        long atNanos,
        CgroupCounters counters,
        @Nullable OpenFiles files,
        Map<String, Long> softLimits,
        @Nullable DiskUsage writable,
        @Nullable FileSystemRoom room) {
    public ContainerCounters {
        softLimits = Map.copyOf(softLimits);
    }
}
