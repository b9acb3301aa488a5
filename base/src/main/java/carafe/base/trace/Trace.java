package carafe.base.trace;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a trace, as W3C's Trace Context names it.
 *
 * @param traceId 32 hexadecimal digits, not all 0
 * @param spanId 16, not all 0
 * @param sampled whether the one who began the trace wants its spans
 */
public record Trace(String traceId, String spanId, boolean sampled) {
    private static final Pattern FORM =
            Pattern.compile("00-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})");
    private static final int SAMPLED = 1;

    /**
     * @param header {@code traceparent} of version 00
     * @return empty when it has another form
     */
    public static Optional<Trace> parse(String header) {
        Matcher matcher = FORM.matcher(header);
        return matcher.matches()
                ? Optional.of(
                        new Trace(
                                matcher.group(1),
                                matcher.group(2),
                                (Integer.parseInt(matcher.group(3), 16) & SAMPLED) != 0))
                : Optional.empty();
    }

    /** As the header {@code traceparent}. */
    public String header() {
        return "00-%s-%s-%s".formatted(traceId, spanId, sampled ? "01" : "00");
    }
}
