package carafe.runtime.api;

import java.util.Map;

/**
 * Limits of a container or pod; 0 and empty mean "not said".
 *
 * @param cpuPeriodMicros CFS period
 * @param cpuQuotaMicros CFS run time per period; negative is unlimited
 * @param cpuShares relative weight in cgroup v1 units
 * @param oomScoreAdj −1000 to 1000
 * @param cpusetCpus CPU list such as {@code 0-3,8}
 * @param cpusetMems memory node list
 * @param hugepages bytes by page size as the kernel spells it, such as {@code 2MB}
 * @param unified cgroup v2 files by name, written as they are
 * @param memorySwapLimitBytes memory and swap together
 */
public record Resources(
        long cpuPeriodMicros,
        long cpuQuotaMicros,
        long cpuShares,
        long memoryLimitBytes,
        int oomScoreAdj,
        String cpusetCpus,
        String cpusetMems,
        Map<String, Long> hugepages,
        Map<String, String> unified,
        long memorySwapLimitBytes) {
    /** Nothing said. */
    public static final Resources NONE =
            new Resources(0, 0, 0, 0, 0, "", "", Map.of(), Map.of(), 0);

    public Resources {
        hugepages = Map.copyOf(hugepages);
        unified = Map.copyOf(unified);
    }
}
