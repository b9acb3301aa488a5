package carafe.linux.cgroup;

import carafe.base.CarafeException;

/** Memory and swap. */
final class MemoryController {
    private static final String V1_MEMORY = "memory.limit_in_bytes";
    private static final String V1_MEMORY_AND_SWAP = "memory.memsw.limit_in_bytes";

    private MemoryController() {}

    static void apply(LimitWriter out, MemoryLimits limits) {
        long memory = limits.limitBytes();
        long withSwap = limits.swapLimitBytes();
        if (memory > 0 && withSwap > 0 && withSwap < memory) {
            throw new CarafeException.Invalid(
                    "memory and swap together (%d) cannot be less than memory (%d)"
                            .formatted(withSwap, memory));
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
            // Unlimited swap is what a kernel without swap accounting gives anyway.
            if (withSwap > 0) {
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
        if (withSwap < 0) {
            out.prefer("memory.swap.max", "max");
        } else if (withSwap > 0) {
            // Version 2 counts swap alone.
            long ceiling = memory != 0 ? memory : out.readNumber("memory.max");
            if (ceiling > 0 && ceiling <= withSwap) {
                out.prefer("memory.swap.max", Long.toString(withSwap - ceiling));
            }
        }
    }
}
