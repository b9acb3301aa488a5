package carafe.runtime.container;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A user or group id in decimal digits, 0 to 2³²−2. The last value means "no change" to the kernel
 * and never names anybody.
 */
final class NumericId {
    static final long MAX = 0xFFFF_FFFEL;

    private static final Pattern DECIMAL = Pattern.compile("0|[1-9][0-9]{0,9}");

    private NumericId() {}

    /** Empty when the text is no such number; leading zeros make it none. */
    static OptionalLong parse(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            return OptionalLong.empty();
        }
        long value = Long.parseLong(text);
        return value <= MAX ? OptionalLong.of(value) : OptionalLong.empty();
    }
}
