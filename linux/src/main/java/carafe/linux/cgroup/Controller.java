package carafe.linux.cgroup;

import java.util.Arrays;
import java.util.Optional;

/** What a cgroup can account for or limit, by the kernel's name of it in version 1. */
public enum Controller {
    CPU("cpu"),
    CPUACCT("cpuacct"),
    CPUSET("cpuset"),
    MEMORY("memory"),
    DEVICES("devices"),
    FREEZER("freezer"),
    BLKIO("blkio"),
    PIDS("pids"),
    HUGETLB("hugetlb"),
    NET_CLS("net_cls"),
    NET_PRIO("net_prio"),
    PERF_EVENT("perf_event"),
    RDMA("rdma"),
    MISC("misc");

    private final String kernelName;

    Controller(String kernelName) {
        this.kernelName = kernelName;
    }

    /** As version 1 writes it; version 2 calls {@link #BLKIO} {@code io}. */
    public String kernelName() {
        return kernelName;
    }

    static Optional<Controller> named(String name) {
        String known = name.equals("io") ? "blkio" : name;
        return Arrays.stream(values()).filter(c -> c.kernelName.equals(known)).findFirst();
    }
}
