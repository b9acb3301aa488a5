package carafe.linux.systemd;

import carafe.linux.cgroup.CgroupLayout;
import carafe.linux.cgroup.CgroupLimits;
import carafe.linux.dbus.DbusVariant;
import java.util.ArrayList;
import java.util.List;

/**
 * Limits as properties of a unit. The set of properties is fixed here; nothing in a request can
 * name another one.
 */
final class UnitLimits {
    /** systemd's word for "no limit". */
    private static final long INFINITE = -1;

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long DEFAULT_PERIOD = 100_000;

    /** systemd keeps a quota as whole percents of a processor: rounded up, lest it be refused. */
    private static final long PERCENT = 10_000;

    private final CgroupLayout.Kind kind;

    UnitLimits(CgroupLayout.Kind kind) {
        this.kind = kind;
    }

    List<List<Object>> properties(CgroupLimits limits) {
        List<List<Object>> all = new ArrayList<>();
        boolean unified = kind == CgroupLayout.Kind.V2;
        if (limits.cpu().shares() != 0) {
            all.add(
                    unified
                            ? number("CPUWeight", limits.cpu().weight())
                            : number("CPUShares", limits.cpu().shares()));
        }
        if (limits.cpu().quotaMicros() != 0) {
            all.add(number("CPUQuotaPerSecUSec", quotaPerSecond(limits)));
        }
        if (limits.cpu().periodMicros() != 0) {
            all.add(number("CPUQuotaPeriodUSec", limits.cpu().periodMicros()));
        }
        long memory = limits.memory().limitBytes();
        if (memory != 0) {
            all.add(number(unified ? "MemoryMax" : "MemoryLimit", memory < 0 ? INFINITE : memory));
        }
        long withSwap = limits.memory().swapLimitBytes();
        // systemd knows no swap of version 1; the daemon sets it itself there.
        if (unified && withSwap != 0 && memory >= 0) {
            all.add(number("MemorySwapMax", withSwap < 0 ? INFINITE : withSwap - memory));
        }
        if (limits.pids() != 0) {
            all.add(number("TasksMax", limits.pids() < 0 ? INFINITE : limits.pids()));
        }
        return all;
    }

    private static long quotaPerSecond(CgroupLimits limits) {
        long quota = limits.cpu().quotaMicros();
        if (quota < 0) {
            return INFINITE;
        }
        long period = limits.cpu().periodMicros();
        long perSecond = quota * MICROS_PER_SECOND / (period == 0 ? DEFAULT_PERIOD : period);
        return (perSecond + PERCENT - 1) / PERCENT * PERCENT;
    }

    private static List<Object> number(String name, long value) {
        return List.of(name, DbusVariant.ofUnsigned(value));
    }
}
