package carafe.testkit.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One line of a container's log file, in the format that kubelet reads.
 *
 * @param stream {@code stdout} or {@code stderr}
 * @param whole whether the line ends here; false when its next part follows
 */
public record LogLine(Instant time, String stream, boolean whole, String text) {
    private static final int FIELDS = 4;

    /**
     * Reads one line.
     *
     * @throws IllegalArgumentException naming the line that does not have the format
     */
    public static LogLine parse(String line) {
        String[] fields = line.split(" ", FIELDS);
        boolean known =
                fields.length == FIELDS
                        && (fields[1].equals("stdout") || fields[1].equals("stderr"))
                        && (fields[2].equals("F") || fields[2].equals("P"));
        if (!known) {
            throw new IllegalArgumentException("not a log line: " + line);
        }
        return new LogLine(Instant.parse(fields[0]), fields[1], fields[2].equals("F"), fields[3]);
    }

    /** The whole file; a last line without its end counts as an error. */
    public static List<LogLine> readAll(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
            return lines.map(LogLine::parse).toList();
        }
    }

    /** The text of the file's lines of one stream, parts joined, in order. */
    public static List<String> texts(Path file, String stream) throws IOException {
        return readAll(file).stream()
                .filter(line -> line.stream().equals(stream))
                .map(line -> line.whole() ? line.text() + "\n" : line.text())
                .collect(Collectors.joining())
                .lines()
                .toList();
    }
}
