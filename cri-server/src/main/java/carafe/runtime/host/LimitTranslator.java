package carafe.runtime.host;

import carafe.linux.cgroup.CgroupLimits;
import carafe.linux.cgroup.CpuLimits;
import carafe.linux.cgroup.CpusetLimits;
import carafe.linux.cgroup.HugetlbLimit;
import carafe.linux.cgroup.MemoryLimits;
import carafe.runtime.api.Resources;
import java.util.stream.Collectors;

/**
 * CRI resources as cgroup limits and back; 0 and empty are "not said" on both sides. Memory without
 * a word about swap means none beyond the memory.
 */
final class LimitTranslator {
    CgroupLimits translate(Resources from) {
        return CgroupLimits.none()
                .withCpu(
                        new CpuLimits(
                                from.cpuShares(), from.cpuQuotaMicros(), from.cpuPeriodMicros()))
                .withCpuset(new CpusetLimits(from.cpusetCpus(), from.cpusetMems()))
                .withMemory(new MemoryLimits(from.memoryLimitBytes(), swap(from)))
                .withHugetlb(
                        from.hugepages().entrySet().stream()
                                .map(each -> new HugetlbLimit(each.getKey(), each.getValue()))
                                .toList())
                .withUnified(from.unified());
    }

    private static long swap(Resources from) {
        return from.memorySwapLimitBytes() == 0
                ? from.memoryLimitBytes()
                : from.memorySwapLimitBytes();
    }

    /**
     * @param recorded what cgroups know nothing of is taken from it
     */
    Resources back(CgroupLimits now, Resources recorded) {
        return new Resources(
                now.cpu().periodMicros(),
                now.cpu().quotaMicros(),
                now.cpu().shares(),
                now.memory().limitBytes(),
                recorded.oomScoreAdj(),
                now.cpuset().cpus(),
                now.cpuset().mems(),
                now.hugetlb().stream()
                        .collect(
                                Collectors.toMap(HugetlbLimit::pageSize, HugetlbLimit::limitBytes)),
                now.unified(),
                now.memory().swapLimitBytes());
    }
}
