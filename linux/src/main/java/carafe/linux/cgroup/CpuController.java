package carafe.linux.cgroup;

import java.util.OptionalLong;

/** Processor weight and quota. */
final class CpuController {
    private static final long MIN_SHARES = 2;
    private static final long MAX_SHARES = 262_144;
    private static final long DEFAULT_SHARES = 1024;
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

    /** What the kernel has; a weight is told as the shares it was made from while it is theirs. */
    static CpuLimits read(LimitReader in, CpuLimits asked) {
        if (!in.isV2()) {
            return new CpuLimits(
                    in.number("cpu.shares").orElse(asked.shares()),
                    quota(in.number("cpu.cfs_quota_us"), asked.quotaMicros()),
                    in.number("cpu.cfs_period_us").orElse(asked.periodMicros()));
        }
        String[] max = in.text("cpu.max").orElse("").split(" ", -1);
        boolean whole = max.length == 2;
        return new CpuLimits(
                shares(in.number("cpu.weight"), asked.shares()),
                whole ? quota(LimitReader.parse(max[0]), asked.quotaMicros()) : asked.quotaMicros(),
                whole
                        ? LimitReader.parse(max[1]).orElse(asked.periodMicros())
                        : asked.periodMicros());
    }

    private static long quota(OptionalLong found, long asked) {
        long quota = found.orElse(asked);
        boolean unlimited = quota < 0 || quota == Long.MAX_VALUE;
        if (!unlimited) {
            return quota;
        }
        return asked == 0 ? 0 : -1;
    }

    private static long shares(OptionalLong weight, long asked) {
        if (weight.isEmpty() || (asked != 0 && weight(asked) == weight.getAsLong())) {
            return asked;
        }
        return shares(weight.getAsLong());
    }

    /** The least shares that make this weight; the default for the default weight. */
    static long shares(long weight) {
        if (weight == weight(DEFAULT_SHARES)) {
            return DEFAULT_SHARES;
        }
        long low = MIN_SHARES;
        long high = MAX_SHARES;
        while (low < high) {
            long middle = (low + high) / 2;
            if (weight(middle) < weight) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
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
