package carafe.linux.cgroup;

import carafe.base.CarafeException;

/** Weight of disk input and output. Only the BFQ scheduler and iocost know weights. */
final class BlkioController {
    private static final int MIN_WEIGHT = 10;
    private static final int MAX_WEIGHT = 1000;

    private BlkioController() {}

    static void apply(LimitWriter out, int weight) {
        if (weight == 0) {
            return;
        }
        if (weight < MIN_WEIGHT || weight > MAX_WEIGHT) {
            throw new CarafeException.Invalid(
                    "blkio weight %d is not between %d and %d"
                            .formatted(weight, MIN_WEIGHT, MAX_WEIGHT));
        }
        if (!out.isV2()) {
            String name = out.has("blkio.bfq.weight") ? "blkio.bfq.weight" : "blkio.weight";
            out.prefer(name, Integer.toString(weight));
        } else if (out.has("io.bfq.weight")) {
            out.prefer("io.bfq.weight", Integer.toString(weight));
        } else {
            // 10 to 1000 onto 1 to 10000.
            long wide = 1 + (weight - MIN_WEIGHT) * 9999L / (MAX_WEIGHT - MIN_WEIGHT);
            out.prefer("io.weight", Long.toString(wide));
        }
    }
}
