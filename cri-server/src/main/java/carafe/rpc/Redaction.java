package carafe.rpc;

import java.util.List;
import java.util.regex.Pattern;

/** Takes credentials out of every text that leaves the daemon or enters its log. */
public final class Redaction {
    private static final String MARK = "$1[redacted]";
    private static final List<Pattern> SECRETS =
            List.of(
                    Pattern.compile("(://)[^/@\\s\"]+(?=@)"),
                    Pattern.compile("(?i)(\\b(?:basic|bearer)\\s+)[\\w.~+/=-]{8,}"),
                    Pattern.compile(
                            "(?i)((?<![\\w/.-])(?:password|passwd|secret|token|auth|sig|signature|"
                                    + "x-amz-\\w+|\\w+_?token)(?:=|\"\\s*:\\s*\"))[^\\s&\",;]+"));

    private Redaction() {}

    /** The text with every credential replaced. */
    public static String of(String text) {
        String result = text;
        for (Pattern secret : SECRETS) {
            result = secret.matcher(result).replaceAll(MARK);
        }
        return result;
    }
}
