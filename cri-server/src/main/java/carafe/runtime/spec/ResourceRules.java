package carafe.runtime.spec;

import carafe.base.CarafeException;
import carafe.runtime.api.Resources;
import java.util.regex.Pattern;

/** Refuses limits that no kernel takes, before anything is begun. */
public final class ResourceRules {
    private static final int MAX_OOM_SCORE = 1000;
    private static final int MAX_LIST = 4096;

    /** More than any kernel's 8192 processors is a way to burn memory. */
    private static final Pattern LIST =
            Pattern.compile("([0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*+)?");

    /** The kernel's own bound of a quota, 2^44 microseconds. */
    private static final long MAX_MICROS = 1L << 44;

    private static final long MAX_SHARES = 262_144;

    private ResourceRules() {}

    /**
     * @throws CarafeException.Invalid naming the field
     */
    public static void check(Resources limits) {
        if (Math.abs(limits.oomScoreAdj()) > MAX_OOM_SCORE) {
            throw new CarafeException.Invalid(
                    "oom_score_adj %d is not between -1000 and 1000"
                            .formatted(limits.oomScoreAdj()));
        }
        list("cpuset_cpus", limits.cpusetCpus());
        list("cpuset_mems", limits.cpusetMems());
        number("cpu_period", limits.cpuPeriodMicros(), 0, MAX_MICROS);
        number("cpu_quota", limits.cpuQuotaMicros(), -1, MAX_MICROS);
        number("cpu_shares", limits.cpuShares(), 0, MAX_SHARES);
        number("memory_limit_in_bytes", limits.memoryLimitBytes(), -1, Long.MAX_VALUE);
        number("memory_swap_limit_in_bytes", limits.memorySwapLimitBytes(), -1, Long.MAX_VALUE);
        limits.hugepages()
                .forEach((size, limit) ->
                        number("hugepage limit of " + size, limit, 0, Long.MAX_VALUE));
        swap(limits);
    }

    private static void swap(Resources limits) {
        long memory = limits.memoryLimitBytes();
        long withSwap = limits.memorySwapLimitBytes();
        if (memory > 0 && withSwap > 0 && withSwap < memory) {
            throw new CarafeException.Invalid(
                    ("memory_swap_limit_in_bytes %d counts memory and swap together and must be at"
                                    + " least memory_limit_in_bytes %d")
                            .formatted(withSwap, memory));
        }
    }

    private static void list(String name, String list) {
        if (list.length() > MAX_LIST || !LIST.matcher(list).matches()) {
            throw new CarafeException.Invalid(
                    "%s \"%s\" is not a list such as 0-3,8"
                            .formatted(name, list.substring(0, Math.min(64, list.length()))));
        }
    }

    private static void number(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new CarafeException.Invalid(
                    "%s is %d, must be %d to %d".formatted(name, value, least, most));
        }
    }
}
