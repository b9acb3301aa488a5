package carafe.shim.wire;

/** What a writer refuses, in the words of the reader. */
final class Ranges {
    private Ranges() {}

    static void check(String type, String field, long value, long min, long max)
            throws WireException {
        if (value < min || value > max) {
            throw new WireException(
                    type + ": " + field + " is " + value + ", must be " + min + " to " + max);
        }
    }
}
