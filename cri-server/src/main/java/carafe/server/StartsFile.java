package carafe.server;

import carafe.base.DurableFiles;
import carafe.metrics.Families;
import carafe.metrics.Meters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the starts of the daemon over its lives, and whether it stopped by itself before. A file
 * that cannot be read or written costs the count only.
 */
final class StartsFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StartsFile.class);
    private static final int MAX_BYTES = 1024;
    private static final String RUNNING = "running";

    private final Path file;
    private final DurableFiles files;
    private final Map<String, Long> starts = new TreeMap<>();

    private StartsFile(Path file, DurableFiles files) {
        this.file = file;
        this.files = files;
    }

    /**
     * One more start.
     *
     * @param file lines {@code none=1}, {@code clean=4}, {@code crash=2} and, while a daemon runs,
     *     {@code running=1}
     */
    static StartsFile begin(Path file, DurableFiles files, Meters meters) {
        StartsFile starts = new StartsFile(file, files);
        starts.read();
        boolean first = starts.starts.isEmpty();
        boolean crashed = starts.starts.remove(RUNNING) != null;
        starts.starts.merge(first ? "none" : crashed ? "crash" : "clean", 1L, Long::sum);
        starts.write(true);
        Map<String, Long> told = Map.copyOf(starts.starts);
        meters.read(
                List.of(Families.DAEMON_STARTS),
                rows ->
                        told.forEach((previous, count) ->
                                rows.row(Families.DAEMON_STARTS, (double) count, previous)));
        return starts;
    }

    /** This life ends as it should. */
    @Override
    public void close() {
        write(false);
    }

    private void read() {
        try {
            String text = new String(files.read(file, MAX_BYTES), StandardCharsets.US_ASCII);
            for (String line : text.lines().toList()) {
                String[] parts = line.split("=", 2);
                if (parts.length == 2 && parts[1].matches("[0-9]{1,12}")) {
                    starts.put(parts[0], Long.parseLong(parts[1]));
                }
            }
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("file", file).log("No earlier start is known");
        }
    }

    private void write(boolean running) {
        Map<String, Long> lines = new TreeMap<>(starts);
        if (running) {
            lines.put(RUNNING, 1L);
        }
        StringBuilder text = new StringBuilder();
        lines.forEach((name, count) -> text.append(name).append('=').append(count).append('\n'));
        try {
            files.write(
                    file,
                    text.toString().getBytes(StandardCharsets.US_ASCII),
                    DurableFiles.Durability.PROCESS);
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .setCause(e)
                    .log("The starts of Carafe cannot be counted");
        }
    }
}
