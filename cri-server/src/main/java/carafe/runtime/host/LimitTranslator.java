package carafe.runtime.host;

import carafe.linux.cgroup.CgroupLimits;
import carafe.linux.cgroup.CpuLimits;
import carafe.linux.cgroup.CpusetLimits;
import carafe.linux.cgroup.HugetlbLimit;
import carafe.linux.cgroup.MemoryLimits;
import carafe.runtime.api.Resources;

/** CRI resources as cgroup limits; 0 and empty are "not said" on both sides. */
final class LimitTranslator {
    CgroupLimits translate(Resources from) {
        return CgroupLimits.none()
                .withCpu(
                        new CpuLimits(
                                from.cpuShares(), from.cpuQuotaMicros(), from.cpuPeriodMicros()))
                .withCpuset(new CpusetLimits(from.cpusetCpus(), from.cpusetMems()))
                .withMemory(new MemoryLimits(from.memoryLimitBytes(), from.memorySwapLimitBytes()))
                .withHugetlb(
                        from.hugepages().entrySet().stream()
                                .map(each -> new HugetlbLimit(each.getKey(), each.getValue()))
                                .toList())
                .withUnified(from.unified());
    }
}
