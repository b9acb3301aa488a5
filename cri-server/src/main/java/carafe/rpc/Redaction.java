package carafe.rpc;

import java.util.List;
import java.util.regex.Pattern;

/** Takes credentials out of texts that leave the daemon or enter its log. */
final class Redaction {
    private static final String MARK = "$1[redacted]";
    private static final List<Pattern> SECRETS =
            List.of(
                    Pattern.compile("(://)[^/@\\s\"]+(?=@)"),
                    Pattern.compile("(?i)(\\b(?:basic|bearer)\\s+)[\\w.~+/=-]{8,}"),
                    Pattern.compile(
                            "(?i)(\\b(?:password|passwd|secret|token|auth|signature|sig|x-amz-\\w+|"
                                    + "access_token|refresh_token|identity_?token|registry_?token)"
                                    + "\"?\\s*[=:]\\s*\"?)[^\\s&\",;]+"));

    private Redaction() {}

    static String of(String text) {
        String result = text;
        for (Pattern secret : SECRETS) {
            result = secret.matcher(result).replaceAll(MARK);
        }
        return result;
    }
}
