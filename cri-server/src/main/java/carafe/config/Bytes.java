package carafe.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A size, written in a file as {@code 16MiB}; units B, KiB, MiB and GiB.
 *
 * @param count 0 or more
 */
public record Bytes(long count) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,12})\\s*(B|KIB|MIB|GIB)");
    private static final long KIB = 1024;

    public Bytes {
        if (count < 0) {
            throw new IllegalArgumentException("a size cannot be negative: " + count);
        }
    }

    /** So many mebibytes. */
    public static Bytes ofMiB(long mebibytes) {
        return new Bytes(Math.multiplyExact(mebibytes, KIB * KIB));
    }

    /** So many kibibytes. */
    public static Bytes ofKiB(long kibibytes) {
        return new Bytes(Math.multiplyExact(kibibytes, KIB));
    }

    /**
     * Reads {@code 16MiB}.
     *
     * @throws IllegalArgumentException when the text is no size
     */
    public static Bytes parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" is not a size; write for example 16MiB".formatted(text));
        }
        long factor =
                switch (matcher.group(2)) {
                    case "B" -> 1;
                    case "KIB" -> KIB;
                    case "MIB" -> KIB * KIB;
                    default -> KIB * KIB * KIB;
                };
        return new Bytes(Math.multiplyExact(Long.parseLong(matcher.group(1)), factor));
    }

    /**
     * The size as an int.
     *
     * @throws ArithmeticException from 2 GiB on
     */
    public int toIntExact() {
        return Math.toIntExact(count);
    }

    @Override
    public String toString() {
        if (count > 0 && count % (KIB * KIB * KIB) == 0) {
            return count / (KIB * KIB * KIB) + "GiB";
        }
        if (count > 0 && count % (KIB * KIB) == 0) {
            return count / (KIB * KIB) + "MiB";
        }
        return count > 0 && count % KIB == 0 ? count / KIB + "KiB" : count + "B";
    }
}
