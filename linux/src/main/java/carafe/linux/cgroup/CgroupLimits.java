package carafe.linux.cgroup;

import java.util.List;
import java.util.Map;

/**
 * What a cgroup may use. What is not said stays as it is, so the same record serves creation and
 * update.
 *
 * @param pids largest number of tasks, 0 = as it is, -1 = no limit
 * @param blkioWeight 10 to 1000, 0 = as it is
 * @param devices empty = as it is (everything, in a fresh cgroup)
 * @param unified files of version 2 to be written as they stand, by name
 */
public record CgroupLimits(
        CpuLimits cpu,
        CpusetLimits cpuset,
        MemoryLimits memory,
        long pids,
        int blkioWeight,
        List<HugetlbLimit> hugetlb,
        List<DeviceRule> devices,
        Map<String, String> unified) {
    public CgroupLimits {
        hugetlb = List.copyOf(hugetlb);
        devices = List.copyOf(devices);
        unified = Map.copyOf(unified);
    }

    /** Changes nothing. */
    public static CgroupLimits none() {
        return new CgroupLimits(
                CpuLimits.NONE,
                CpusetLimits.NONE,
                MemoryLimits.NONE,
                0,
                0,
                List.of(),
                List.of(),
                Map.of());
    }

    public CgroupLimits withCpu(CpuLimits value) {
        return new CgroupLimits(
                value, cpuset, memory, pids, blkioWeight, hugetlb, devices, unified);
    }

    public CgroupLimits withCpuset(CpusetLimits value) {
        return new CgroupLimits(cpu, value, memory, pids, blkioWeight, hugetlb, devices, unified);
    }

    public CgroupLimits withMemory(MemoryLimits value) {
        return new CgroupLimits(cpu, cpuset, value, pids, blkioWeight, hugetlb, devices, unified);
    }

    public CgroupLimits withPids(long value) {
        return new CgroupLimits(cpu, cpuset, memory, value, blkioWeight, hugetlb, devices, unified);
    }

    public CgroupLimits withBlkioWeight(int value) {
        return new CgroupLimits(cpu, cpuset, memory, pids, value, hugetlb, devices, unified);
    }

    public CgroupLimits withHugetlb(List<HugetlbLimit> value) {
        return new CgroupLimits(cpu, cpuset, memory, pids, blkioWeight, value, devices, unified);
    }

    public CgroupLimits withDevices(List<DeviceRule> value) {
        return new CgroupLimits(cpu, cpuset, memory, pids, blkioWeight, hugetlb, value, unified);
    }

    public CgroupLimits withUnified(Map<String, String> value) {
        return new CgroupLimits(cpu, cpuset, memory, pids, blkioWeight, hugetlb, devices, value);
    }
}
