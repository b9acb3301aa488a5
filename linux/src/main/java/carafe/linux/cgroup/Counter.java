package carafe.linux.cgroup;

/**
 * A figure of one cgroup and those below it; since it was made, unless it is one of now. Bytes,
 * nanoseconds, or plain numbers. A limit of 0 is none.
 */
public enum Counter {
    CPU_NANOS,
    CPU_USER_NANOS,
    CPU_SYSTEM_NANOS,
    /** Periods of the quota in which something wanted to run. */
    CPU_PERIODS,
    CPU_THROTTLED_PERIODS,
    CPU_THROTTLED_NANOS,
    CPU_PERIOD_MICROS,
    /** Absent without a quota. */
    CPU_QUOTA_MICROS,
    /** In the units of version 1, also where the kernel has weights. */
    CPU_SHARES,
    MEMORY_BYTES,
    MEMORY_PEAK_BYTES,
    /** Usage without what the kernel can take back first. */
    MEMORY_WORKING_SET_BYTES,
    MEMORY_FILE_BYTES,
    MEMORY_ANONYMOUS_BYTES,
    MEMORY_MAPPED_FILE_BYTES,
    MEMORY_KERNEL_BYTES,
    MEMORY_LIMIT_BYTES,
    MEMORY_RESERVATION_BYTES,
    /** How often usage met the limit. */
    MEMORY_LIMIT_HITS,
    SWAP_BYTES,
    /** Of memory and swap together in version 1, of swap alone in version 2. */
    SWAP_LIMIT_BYTES,
    /** Of this cgroup alone, where the kernel can tell. */
    OWN_PAGE_FAULTS,
    OWN_MAJOR_PAGE_FAULTS,
    PAGE_FAULTS,
    MAJOR_PAGE_FAULTS,
    /** Processes that the kernel killed for want of memory. */
    OOM_KILLS,
    CPU_SOME_NANOS,
    CPU_FULL_NANOS,
    MEMORY_SOME_NANOS,
    MEMORY_FULL_NANOS,
    IO_SOME_NANOS,
    IO_FULL_NANOS,
    THREADS,
    THREADS_LIMIT
}
