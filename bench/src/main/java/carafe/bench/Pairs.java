package carafe.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One quantity of two peers, measured in turn: whatever else the machine does then meets both. The
 * one that goes first changes from pair to pair. Used by one thread.
 */
final class Pairs {
    private final String quantity;
    private final Sample ours;
    private final Sample theirs;
    private final List<Double> mine = new ArrayList<>();
    private final List<Double> others = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();

    /** Measures once. */
    @FunctionalInterface
    interface Sample {
        double measure() throws Exception;
    }

    /**
     * @param quantity with its unit
     */
    Pairs(String quantity, Sample ours, Sample theirs) {
        this.quantity = quantity;
        this.ours = ours;
        this.theirs = theirs;
    }

    /** Measures without counting. */
    Pairs warmUp(int pairs) throws Exception {
        for (int i = 0; i < pairs; i++) {
            ours.measure();
            theirs.measure();
        }
        return this;
    }

    Pairs measure(int pairs) throws Exception {
        for (int i = 0; i < pairs; i++) {
            double one = i % 2 == 0 ? ours.measure() : theirs.measure();
            double two = i % 2 == 0 ? theirs.measure() : ours.measure();
            mine.add(i % 2 == 0 ? one : two);
            others.add(i % 2 == 0 ? two : one);
            ratios.add(mine.getLast() / others.getLast());
        }
        return this;
    }

    static String head(Peer ours, Peer theirs) {
        return String.format(
                "%-42s %6s %12s %12s %9s   %s",
                "medians of interleaved pairs",
                "pairs",
                ours.name(),
                theirs.name(),
                "ratio",
                "its middle half, and all");
    }

    /** One row: medians, the pairs' median ratio and its spread. */
    String row() {
        return String.format(
                Locale.ROOT,
                "%-42s %6d %12.2f %12.2f %9.3f   %.3f-%.3f, %.3f-%.3f",
                quantity,
                ratios.size(),
                at(mine, 0.5),
                at(others, 0.5),
                at(ratios, 0.5),
                at(ratios, 0.25),
                at(ratios, 0.75),
                at(ratios, 0),
                at(ratios, 1));
    }

    private static double at(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.round(share * (sorted.size() - 1)));
    }
}
