package carafe.runtime.api;

import java.util.HashMap;
import java.util.Map;

/**
 * Limits of a container or pod; 0 and empty mean "not said".
 *
 * @param cpuPeriodMicros CFS period
 * @param cpuQuotaMicros CFS run time per period, at most 2^44; negative is unlimited
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

    /**
     * These limits after a change: what the change does not say stays. A new memory limit without a
     * word about swap allows none beyond it. The OOM score is set once, at creation: processes have
     * inherited it long since.
     */
    public Resources changedBy(Resources change) {
        return new Resources(
                said(change.cpuPeriodMicros, cpuPeriodMicros),
                said(change.cpuQuotaMicros, cpuQuotaMicros),
                said(change.cpuShares, cpuShares),
                said(change.memoryLimitBytes, memoryLimitBytes),
                oomScoreAdj,
                change.cpusetCpus.isEmpty() ? cpusetCpus : change.cpusetCpus,
                change.cpusetMems.isEmpty() ? cpusetMems : change.cpusetMems,
                joined(hugepages, change.hugepages),
                joined(unified, change.unified),
                change.memoryLimitBytes == 0
                        ? said(change.memorySwapLimitBytes, memorySwapLimitBytes)
                        : change.memorySwapLimitBytes);
    }

    /** These limits of a pod's containers with room for what the runtime itself takes. */
    public Resources plusOverhead(Resources other) {
        long period = said(cpuPeriodMicros, other.cpuPeriodMicros);
        return new Resources(
                period,
                sum(cpuQuotaMicros, inPeriod(other, period)),
                sum(cpuShares, other.cpuShares),
                sum(memoryLimitBytes, other.memoryLimitBytes),
                oomScoreAdj,
                cpusetCpus,
                cpusetMems,
                hugepages,
                unified,
                sum(memorySwapLimitBytes, other.memorySwapLimitBytes));
    }

    private static long inPeriod(Resources of, long period) {
        return of.cpuQuotaMicros <= 0 || of.cpuPeriodMicros <= 0
                ? of.cpuQuotaMicros
                : of.cpuQuotaMicros * period / of.cpuPeriodMicros;
    }

    /** Overhead adds to a limit; where there is none it makes none. */
    private static long sum(long limit, long overhead) {
        if (limit <= 0 || overhead <= 0) {
            return limit;
        }
        return limit > Long.MAX_VALUE - overhead ? Long.MAX_VALUE : limit + overhead;
    }

    private static long said(long change, long now) {
        return change == 0 ? now : change;
    }

    private static <V> Map<String, V> joined(Map<String, V> now, Map<String, V> change) {
        Map<String, V> all = new HashMap<>(now);
        all.putAll(change);
        return all;
    }
}
