package carafe.runtime.seccomp;

/**
 * A comparison of one argument; values are unsigned 64 bits.
 *
 * @param index 0–5
 * @param mask applied to the argument by MASKED_EQUAL only, else all ones
 */
record Condition(int index, Operator operator, long value, long mask) {
    Condition {
        if (index < 0 || index > 5) {
            throw new IllegalArgumentException(
                    "argument index " + index + " is not within 0 and 5");
        }
    }

    enum Operator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        MASKED_EQUAL
    }

    static Condition of(int index, Operator operator, long value) {
        return new Condition(index, operator, value, -1L);
    }
}
