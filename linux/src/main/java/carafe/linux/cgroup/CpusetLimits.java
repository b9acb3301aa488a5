package carafe.linux.cgroup;

/** Processors and memory nodes, as lists such as {@code 0-3,7}; empty leaves them as they are. */
public record CpusetLimits(String cpus, String mems) {
    /** Changes nothing. */
    public static final CpusetLimits NONE = new CpusetLimits("", "");
}
