package carafe.bench.table;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measured pairs of one quantity, Carafe's first. Used by one thread. */
public final class Paired {
    private static final MathContext DIGITS = new MathContext(4);

    private final List<Double> ours = new ArrayList<>();
    private final List<Double> theirs = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();

    /** Adds a pair. A peer's 0, as in a clock too coarse, gives no ratio and is refused. */
    public void add(double our, double their) {
        if (!(their > 0)) {
            throw new IllegalArgumentException("the peer's figure is " + their);
        }
        ours.add(our);
        theirs.add(their);
        ratios.add(our / their);
    }

    /** A row without a target. */
    public Row row(String name, String scenario, String unit, String beside) {
        return row(name, scenario, unit, beside, null);
    }

    /**
     * @param target the greatest ratio that is good enough
     */
    public Row row(
            String name, String scenario, String unit, String beside, @Nullable Double target) {
        double ratio = at(ratios, 0.5);
        double low = at(ratios, 0.25);
        double high = at(ratios, 0.75);
        double limit = target == null ? Double.NaN : target;
        return new Row(
                name,
                scenario,
                unit,
                beside,
                rounded(at(ours, 0.5)),
                rounded(at(ours, 0.95)),
                rounded(at(theirs, 0.5)),
                rounded(at(theirs, 0.95)),
                rounded(ratio),
                rounded(low),
                rounded(high),
                target,
                Verdict.of(ratio, limit, high - low, ratios.size()),
                ratios.size());
    }

    private static double rounded(double value) {
        return new BigDecimal(value).round(DIGITS).doubleValue();
    }

    private static double at(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.round(share * (sorted.size() - 1)));
    }
}
