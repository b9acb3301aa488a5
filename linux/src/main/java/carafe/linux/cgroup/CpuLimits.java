package carafe.linux.cgroup;

/**
 * Processor time. 0 leaves a value as it is.
 *
 * @param shares weight against siblings, 2 to 262144
 * @param quotaMicros time per period, at least 1000, -1 = no limit
 * @param periodMicros 1000 to 1000000
 */
public record CpuLimits(long shares, long quotaMicros, long periodMicros) {
    /** Changes nothing. */
    public static final CpuLimits NONE = new CpuLimits(0, 0, 0);

    /** The shares as a weight of version 2, 1 to 10000. */
    public long weight() {
        return CpuController.weight(shares);
    }
}
