package carafe.network.cni;

import carafe.base.CarafeException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A limit of a pod's traffic, written as Kubernetes' annotations have it: a quantity of bits per
 * second, as {@code 10M} or {@code 512Ki}.
 */
final class Bandwidth {
    private static final Pattern QUANTITY =
            Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)(|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)");
    private static final long LEAST = 1_000;
    private static final long MOST = 1_000_000_000_000_000L;
    private static final long LARGEST_BURST = Integer.MAX_VALUE * 8L;

    private Bandwidth() {}

    /**
     * Bits per second.
     *
     * @throws CarafeException.Invalid naming the annotation when it is no quantity, or one beyond
     *     1k to 1P
     */
    static OptionalLong of(Map<String, String> annotations, String name) {
        String text = annotations.get(name);
        if (text == null) {
            return OptionalLong.empty();
        }
        Matcher matcher = QUANTITY.matcher(text);
        if (!matcher.matches()) {
            throw wrong(name, text);
        }
        BigDecimal bits =
                new BigDecimal(matcher.group(1))
                        .multiply(BigDecimal.valueOf(unit(matcher.group(2))));
        if (bits.compareTo(BigDecimal.valueOf(LEAST)) < 0
                || bits.compareTo(BigDecimal.valueOf(MOST)) > 0) {
            throw wrong(name, text);
        }
        return OptionalLong.of(bits.longValue());
    }

    /** Bits that may pass at once: what the rate is in a second, as far as the plugin takes it. */
    static long burst(long rate) {
        return Math.min(rate, LARGEST_BURST);
    }

    private static long unit(String suffix) {
        if (suffix.isEmpty()) {
            return 1;
        }
        int power = "kMGTP".indexOf(suffix.replace('K', 'k').charAt(0)) + 1;
        long base = suffix.endsWith("i") ? 1024 : 1000;
        long unit = 1;
        for (int i = 0; i < power; i++) {
            unit *= base;
        }
        return unit;
    }

    private static CarafeException.Invalid wrong(String name, String text) {
        return new CarafeException.Invalid(
                "annotation %s: \"%.40s\" is no rate between 1k and 1P bits per second, such as 10M"
                        .formatted(name, text.replaceAll("\\p{Cntrl}", "?")));
    }
}
