package carafe.shim.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lets TeaVM's string literals be made when they are first used. As generated, the program writes
 * into every literal and into a table of all of them before main: a quarter of a megabyte that each
 * of thousands of processes would have for itself. Literals that static data point to (names of
 * classes) are still made at the start.
 */
final class LazyStrings {
    private static final Pattern ADDRESS = Pattern.compile("TEAVM_GET_STRING_ADDRESS\\((\\d+)\\)");
    private static final String GETTER = "#define TEAVM_GET_STRING(i) teavm_stringPool[i]";
    private static final Pattern INIT =
            Pattern.compile("void teavm_initStringPool\\(\\) \\{.*?\\n\\}", Pattern.DOTALL);

    private LazyStrings() {}

    /** Changes the generated sources below the directory. */
    static void apply(Path directory) throws IOException {
        Set<Integer> pointedTo = new TreeSet<>();
        List<Path> sources;
        try (Stream<Path> files = Files.walk(directory)) {
            sources = files.filter(f -> f.toString().endsWith(".c")).toList();
        }
        for (Path source : sources) {
            Matcher matcher = ADDRESS.matcher(Files.readString(source));
            while (matcher.find()) {
                pointedTo.add(Integer.valueOf(matcher.group(1)));
            }
        }
        Path header = directory.resolve("strings.h");
        Files.writeString(header, lazyHeader(Files.readString(header)));
        Path pool = directory.resolve("strings.c");
        Files.writeString(pool, lazyPool(Files.readString(pool), pointedTo));
    }

    static String lazyHeader(String text) {
        if (!text.contains(GETTER)) {
            throw new BuildException("TeaVM's strings.h is not what this builder knows");
        }
        return text.replace(
                GETTER,
                "extern TeaVM_String* teavm_lazyString(int i);\n"
                        + "#define TEAVM_GET_STRING(i) teavm_lazyString(i)");
    }

    static String lazyPool(String text, Set<Integer> pointedTo) {
        Matcher matcher = INIT.matcher(text);
        if (!matcher.find()) {
            throw new BuildException("TeaVM's strings.c is not what this builder knows");
        }
        String list = pointedTo.stream().map(String::valueOf).collect(Collectors.joining(", "));
        String lazy =
                """
                TeaVM_String* teavm_lazyString(int i) {
                    TeaVM_String* s = teavm_stringPool[i];
                    if (s->parent.header == 0) {
                        s = teavm_registerString(s);
                        teavm_stringPool[i] = s;
                    }
                    return s;
                }
                static const int teavm_pointedTo[] = {%s};
                void teavm_initStringPool() {
                    for (int i = 0; i < (int) (sizeof(teavm_pointedTo) / sizeof(int)); ++i) {
                        teavm_lazyString(teavm_pointedTo[i]);
                    }
                }\
                """
                        .formatted(list.isEmpty() ? "0" : list);
        return matcher.replaceFirst(Matcher.quoteReplacement(lazy));
    }
}
