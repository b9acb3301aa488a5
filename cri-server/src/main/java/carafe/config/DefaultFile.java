package carafe.config;

import java.lang.reflect.RecordComponent;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the documented default file from the records, so that it cannot say anything else. */
public final class DefaultFile {
    private static final String HEAD =
            """
            # Carafe's configuration. Every key is shown with its default, commented out: a key that
            # stays commented follows the default of the installed version.
            #
            # Files named *.toml in the directory config.toml.d beside this file are read after it, by
            # name; flags of "carafe serve" win over all files. A key that Carafe does not know is an
            # error: "carafe config check FILE" tells file and line. SIGHUP has a running daemon read all of
            # it again; it takes over what is marked with (live) and names what needs a restart.
            """;

    private DefaultFile() {}

    /** The whole file, ending in a newline. */
    public static String text() {
        StringBuilder out = new StringBuilder(HEAD);
        CarafeConfig defaults = CarafeConfig.defaults();
        for (RecordComponent section : CarafeConfig.class.getRecordComponents()) {
            out.append('\n');
            comment(out, section);
            out.append('[').append(ConfigBinder.key(section)).append("]\n");
            section(out, (Record) read(section, defaults));
        }
        return out.toString();
    }

    private static void section(StringBuilder out, Record values) {
        for (RecordComponent component : values.getClass().getRecordComponents()) {
            comment(out, component);
            out.append('#')
                    .append(ConfigBinder.key(component))
                    .append(" = ")
                    .append(toml(read(component, values)))
                    .append('\n');
        }
    }

    private static void comment(StringBuilder out, RecordComponent component) {
        Doc doc = component.getAnnotation(Doc.class);
        if (doc == null) {
            throw new IllegalStateException(component + " has no @Doc");
        }
        out.append("# ").append(doc.value()).append(doc.live() ? " (live)\n" : "\n");
    }

    private static String toml(Object value) {
        return switch (value) {
            case Boolean b -> b.toString();
            case Integer i -> i.toString();
            case Path path -> quote(path.toString());
            case Bytes bytes -> quote(bytes.toString());
            case Duration span -> quote(DurationText.format(span));
            case InetSocketAddress a -> quote(a.getAddress().getHostAddress() + ":" + a.getPort());
            case Enum<?> choice -> quote(choice.name().toLowerCase(Locale.ROOT));
            case String text -> quote(text);
            case List<?> list ->
                    list.stream()
                            .map(DefaultFile::toml)
                            .collect(Collectors.joining(", ", "[", "]"));
            // Only shown as it is by default, which is empty.
            case Map<?, ?> map when map.isEmpty() -> "{}";
            default -> throw new IllegalStateException("no way to write " + value);
        };
    }

    private static String quote(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static Object read(RecordComponent component, Record owner) {
        try {
            return component.getAccessor().invoke(owner);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}
