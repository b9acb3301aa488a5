package carafe.image.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads WWW-Authenticate headers (RFC 9110 §11.6.1) in one pass. What is malformed ends the header
 * it stands in; challenges before it count.
 */
final class ChallengeParser {
    private static final int MAX_HEADER = 8192;
    private static final int MAX_PARAMETERS = 32;

    private final String text;
    private int at;

    private ChallengeParser(String text) {
        this.text = text;
    }

    static List<Challenge> parse(List<String> headers) {
        List<Challenge> challenges = new ArrayList<>();
        for (String header : headers) {
            if (header.length() <= MAX_HEADER) {
                new ChallengeParser(header).into(challenges);
            }
        }
        return challenges;
    }

    private void into(List<Challenge> challenges) {
        String scheme = nextToken();
        while (scheme != null) {
            Map<String, String> parameters = new LinkedHashMap<>();
            String nextScheme = parameters(parameters);
            challenges.add(new Challenge(scheme.toLowerCase(Locale.ROOT), parameters));
            scheme = nextScheme;
        }
    }

    /** Reads parameters until the header ends or a token without value starts a new challenge. */
    private @Nullable String parameters(Map<String, String> into) {
        while (into.size() < MAX_PARAMETERS) {
            skip(" \t,");
            String name = nextToken();
            if (name == null) {
                return null;
            }
            skip(" \t");
            if (!peekIs('=')) {
                return name;
            }
            at++;
            skip(" \t");
            String value = peekIs('"') ? quoted() : nextToken();
            if (value == null) {
                return null;
            }
            into.putIfAbsent(name.toLowerCase(Locale.ROOT), value);
        }
        return null;
    }

    private @Nullable String quoted() {
        StringBuilder value = new StringBuilder();
        at++;
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            value.append(text.charAt(at++));
        }
        if (!peekIs('"')) {
            return null;
        }
        at++;
        return value.toString();
    }

    private @Nullable String nextToken() {
        skip(" \t,");
        int start = at;
        while (at < text.length() && " \t,=\"".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return at == start ? null : text.substring(start, at);
    }

    private void skip(String chars) {
        while (at < text.length() && chars.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean peekIs(char c) {
        return at < text.length() && text.charAt(at) == c;
    }
}
