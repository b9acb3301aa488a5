package carafe.linux.cgroup;

/**
 * Memory. 0 leaves a value as it is, -1 means no limit.
 *
 * @param limitBytes memory
 * @param swapLimitBytes memory and swap together, at least limitBytes
 */
public record MemoryLimits(long limitBytes, long swapLimitBytes) {
    /** Changes nothing. */
    public static final MemoryLimits NONE = new MemoryLimits(0, 0);
}
