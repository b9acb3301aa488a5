package carafe.base;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the line of a key in a TOML text, for messages only. Knows tables, dotted and quoted keys
 * and multi-line strings; a key it cannot find is in line 1.
 */
public final class TomlLines {
    private static final Pattern TABLE = Pattern.compile("\\s*\\[\\[?(.+?)\\]\\]?\\s*(#.*)?");
    private static final Pattern KEY = Pattern.compile("\\s*((?:\"[^\"]*\"|'[^']*'|[\\w.\\- ])+)=");
    private static final Pattern TRIPLE = Pattern.compile("\"\"\"|'''");

    private final Map<String, Integer> lines = new HashMap<>();

    /** Reads the text once; what is no TOML does no harm. */
    public TomlLines(String text) {
        String table = "";
        boolean inText = false;
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (!inText) {
                Matcher header = TABLE.matcher(line);
                Matcher key = KEY.matcher(line);
                if (header.matches()) {
                    table = clean(header.group(1));
                    note(table, number);
                } else if (key.lookingAt()) {
                    note(
                            table.isEmpty()
                                    ? clean(key.group(1))
                                    : table + "." + clean(key.group(1)),
                            number);
                }
            }
            if (TRIPLE.matcher(line).results().count() % 2 == 1) {
                inText = !inText;
            }
        }
    }

    /** The line where the key, or the nearest table around it, stands; from 1. */
    public int of(String key) {
        String rest = key;
        while (true) {
            Integer line = lines.get(rest);
            if (line != null) {
                return line;
            }
            int dot = rest.lastIndexOf('.');
            if (dot < 0) {
                return 1;
            }
            rest = rest.substring(0, dot);
        }
    }

    /** Notes the key and, for {@code a.b.c}, also the tables that it opens. */
    private void note(String key, int number) {
        lines.putIfAbsent(key, number);
        int dot = key.lastIndexOf('.');
        if (dot > 0) {
            note(key.substring(0, dot), number);
        }
    }

    private static String clean(String key) {
        return key.replaceAll("[\"'\\s]", "");
    }
}
