package carafe.linux.cgroup;

/** Processor weight and quota. */
final class CpuController {
    private static final long MIN_SHARES = 2;
    private static final long MAX_SHARES = 262_144;
    private static final long DEFAULT_PERIOD_MICROS = 100_000;

    private CpuController() {}

    static void apply(LimitWriter out, CpuLimits limits) {
        if (out.isV2()) {
            applyV2(out, limits);
        } else {
            applyV1(out, limits);
        }
    }

    private static void applyV1(LimitWriter out, CpuLimits limits) {
        if (limits.shares() != 0) {
            out.prefer("cpu.shares", Long.toString(limits.shares()));
        }
        long quota = limits.quotaMicros();
        long period = limits.periodMicros();
        if (quota != 0 && period != 0) {
            // Between the two writes quota/period must not grow: the kernel refuses a child that
            // may use more than its parent.
            if (period >= out.readNumber("cpu.cfs_period_us")) {
                out.prefer("cpu.cfs_period_us", Long.toString(period));
                out.prefer("cpu.cfs_quota_us", Long.toString(quota));
            } else {
                out.prefer("cpu.cfs_quota_us", Long.toString(quota));
                out.prefer("cpu.cfs_period_us", Long.toString(period));
            }
        } else if (quota != 0) {
            out.prefer("cpu.cfs_quota_us", Long.toString(quota));
        } else if (period != 0) {
            out.prefer("cpu.cfs_period_us", Long.toString(period));
        }
    }

    private static void applyV2(LimitWriter out, CpuLimits limits) {
        if (limits.shares() != 0) {
            out.prefer("cpu.weight", Long.toString(weight(limits.shares())));
        }
        if (limits.quotaMicros() != 0 || limits.periodMicros() != 0) {
            String[] old = out.has("cpu.max") ? out.read("cpu.max").split(" ", 2) : new String[0];
            String quota = old.length == 2 ? old[0] : "max";
            if (limits.quotaMicros() != 0) {
                quota = limits.quotaMicros() < 0 ? "max" : Long.toString(limits.quotaMicros());
            }
            String period = old.length == 2 ? old[1] : Long.toString(DEFAULT_PERIOD_MICROS);
            if (limits.periodMicros() != 0) {
                period = Long.toString(limits.periodMicros());
            }
            out.prefer("cpu.max", quota + " " + period);
        }
    }

    /**
     * Weight of version 2 (1 to 10000) for shares of version 1 (2 to 262144), so that the minimum,
     * the default (1024 to 100) and the maximum meet: a quadratic in the logarithm, the mapping
     * that runtimes agreed on after the linear one had turned 1024 into 39.
     */
    static long weight(long shares) {
        long bounded = Math.clamp(shares, MIN_SHARES, MAX_SHARES);
        if (bounded == MIN_SHARES) {
            return 1;
        }
        if (bounded == MAX_SHARES) {
            return 10_000;
        }
        double log = Math.log((double) bounded) / Math.log(2);
        double exponent = (log * log + 125 * log) / 612.0 - 7.0 / 34.0;
        // The default is an exact 100 that floating point would round up to 101.
        return (long) Math.ceil(Math.pow(10, exponent) - 1e-9);
    }
}
