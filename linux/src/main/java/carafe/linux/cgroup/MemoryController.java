package carafe.linux.cgroup;

import carafe.base.CarafeException;
import java.util.OptionalLong;

/** Memory and swap. */
final class MemoryController {
    private static final String V1_MEMORY = "memory.limit_in_bytes";
    private static final String V1_MEMORY_AND_SWAP = "memory.memsw.limit_in_bytes";

    private static final String V2_SWAP = "memory.swap.max";
    private static final long LARGEST_PAGE = 64 << 10;

    private MemoryController() {}

    static void apply(LimitWriter out, MemoryLimits limits) {
        long memory = limits.limitBytes();
        long withSwap = limits.swapLimitBytes();
        if (memory > 0 && withSwap > 0 && withSwap < memory) {
            throw new CarafeException.Invalid(
                    "memory and swap together (%d) cannot be less than memory (%d)"
                            .formatted(withSwap, memory));
        }
        if (withSwap > 0 && memory < 0) {
            throw new CarafeException.Invalid(
                    "a limit of memory and swap together (%d) needs a limit of memory"
                            .formatted(withSwap));
        }
        if (out.isV2()) {
            applyV2(out, memory, withSwap);
        } else {
            applyV1(out, memory, withSwap);
        }
    }

    private static void applyV1(LimitWriter out, long memory, long withSwap) {
        if (withSwap == 0 || !out.has(V1_MEMORY_AND_SWAP)) {
            if (memory != 0) {
                out.require(V1_MEMORY, Long.toString(memory));
            }
            // Unlimited swap is what a kernel without swap accounting gives anyway, and none at all
            // is nothing that anybody asked for by itself.
            if (withSwap > 0 && withSwap != memory) {
                out.degrade(V1_MEMORY_AND_SWAP, Long.toString(withSwap), "no swap accounting");
            }
            return;
        }
        // At every moment memory must be at most memory and swap: when the ceiling rises it goes
        // first, when it falls it goes last.
        boolean rises = withSwap < 0 || withSwap >= out.readNumber(V1_MEMORY_AND_SWAP);
        if (rises) {
            out.require(V1_MEMORY_AND_SWAP, Long.toString(withSwap));
        }
        if (memory != 0) {
            out.require(V1_MEMORY, Long.toString(memory));
        }
        if (!rises) {
            out.require(V1_MEMORY_AND_SWAP, Long.toString(withSwap));
        }
    }

    private static void applyV2(LimitWriter out, long memory, long withSwap) {
        if (memory > 0 && out.has("memory.current")) {
            long used = out.readNumber("memory.current");
            // Version 2 would take the limit and kill; version 1 answers EBUSY.
            if (used > memory) {
                throw new CarafeException.Precondition(
                        "%s uses %d bytes now, more than the new limit of %d"
                                .formatted(out.file("memory.max").getParent(), used, memory));
            }
        }
        if (memory != 0) {
            out.require("memory.max", memory < 0 ? "max" : Long.toString(memory));
        }
        if (withSwap == 0 || (withSwap == memory && !out.has(V2_SWAP))) {
            return;
        }
        if (withSwap < 0) {
            out.prefer(V2_SWAP, "max");
            return;
        }
        // Version 2 counts swap alone.
        long ceiling = memory != 0 ? memory : out.readNumber("memory.max");
        if (ceiling > withSwap) {
            throw new CarafeException.Invalid(
                    "memory and swap together (%d) cannot be less than memory (%s)"
                            .formatted(withSwap, ceiling == Long.MAX_VALUE ? "max" : ceiling));
        }
        out.prefer(V2_SWAP, Long.toString(withSwap - ceiling));
    }

    /** What the kernel has; it rounds to whole pages, which is told as it was asked for. */
    static MemoryLimits read(LimitReader in, MemoryLimits asked) {
        if (!in.isV2()) {
            return new MemoryLimits(
                    told(in.number(V1_MEMORY), asked.limitBytes()),
                    told(in.number(V1_MEMORY_AND_SWAP), asked.swapLimitBytes()));
        }
        OptionalLong memory = in.number("memory.max");
        OptionalLong swap = in.number(V2_SWAP);
        if (memory.isEmpty() || swap.isEmpty()) {
            return new MemoryLimits(told(memory, asked.limitBytes()), asked.swapLimitBytes());
        }
        boolean unlimited = isNone(memory.getAsLong()) || isNone(swap.getAsLong());
        long sum = unlimited ? Long.MAX_VALUE : memory.getAsLong() + swap.getAsLong();
        return new MemoryLimits(
                told(memory, asked.limitBytes()),
                told(OptionalLong.of(sum), asked.swapLimitBytes()));
    }

    private static long told(OptionalLong found, long asked) {
        if (found.isEmpty()) {
            return asked;
        }
        long value = found.getAsLong();
        if (isNone(value)) {
            return asked == 0 ? 0 : -1;
        }
        boolean rounded = value <= asked && asked - value < LARGEST_PAGE;
        return rounded ? asked : value;
    }

    /** Version 1 writes the largest number of whole pages. */
    private static boolean isNone(long value) {
        return value >= Long.MAX_VALUE - LARGEST_PAGE;
    }
}
