package carafe.bench.table;

/** What a ratio and its spread say of the target. */
public enum Verdict {
    /** There is no target. */
    NONE("-"),
    REACHED("reached"),
    MISSED("missed"),
    /**
     * The spread is wider than the distance to the target, or there are too few samples for one.
     */
    NOT_DECIDED("not decided");

    /** Fewer have no spread worth the name. */
    static final int LEAST_SAMPLES = 3;

    private final String words;

    Verdict(String words) {
        this.words = words;
    }

    /** As it stands in tables. */
    public String words() {
        return words;
    }

    /**
     * @param target the greatest ratio that reaches it; NaN without a target
     * @param width of the spread, ≥ 0
     */
    static Verdict of(double ratio, double target, double width, int samples) {
        if (Double.isNaN(target)) {
            return NONE;
        }
        if (samples < LEAST_SAMPLES || width > Math.abs(target - ratio)) {
            return NOT_DECIDED;
        }
        return ratio <= target ? REACHED : MISSED;
    }
}
