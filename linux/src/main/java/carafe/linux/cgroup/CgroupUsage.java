package carafe.linux.cgroup;

import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a cgroup and those below it have used. What the machine does not count is absent.
 *
 * @param cpuNanos CPU time since it was made, all processors together
 * @param processes threads included, where the kernel counts them; else processes
 */
public record CgroupUsage(
        @Nullable Long cpuNanos,
        @Nullable Memory memory,
        @Nullable Swap swap,
        @Nullable Long processes,
        @Nullable Pressure cpuPressure,
        @Nullable Pressure memoryPressure,
        @Nullable Pressure ioPressure) {
    /**
     * Bytes now, faults since it was made.
     *
     * @param usage everything charged, file cache too
     * @param inactiveFile of it what the kernel can take back first
     * @param anonymous not backed by files
     * @param limit absent without one
     */
    public record Memory(
            long usage,
            long inactiveFile,
            long anonymous,
            long pageFaults,
            long majorPageFaults,
            @Nullable Long limit) {
        /** What counts for eviction. */
        public long workingSet() {
            return Math.max(0, usage - inactiveFile);
        }

        /** How much the working set may still grow; empty without a limit. */
        public OptionalLong available() {
            Long bound = limit;
            return bound == null
                    ? OptionalLong.empty()
                    : OptionalLong.of(Math.max(0, bound - workingSet()));
        }
    }

    /**
     * @param limit of swap alone; absent without one
     */
    public record Swap(long usage, @Nullable Long limit) {
        /** How much more may be swapped out; empty without a limit. */
        public Optional<Long> available() {
            Long bound = limit;
            return bound == null ? Optional.empty() : Optional.of(Math.max(0, bound - usage));
        }
    }
}
