package carafe.runtime.shim;

import carafe.base.CarafeException;
import carafe.base.DurableFiles;
import carafe.linux.PidIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a shim leaves in its bundle directory. All reads are bounded; a file that is not of its form
 * counts as absent or as an unknown end, never as a failure.
 */
final class Bundle {
    /** What both files hold is well below this. */
    private static final int MAX_BYTES = 64 << 10;

    private static final int MAX_LOG_BYTES = 128 << 10;
    private static final int MAX_LOG_WORDS = 400;
    private static final int VERSION = 1;
    private static final int MAX_CODE = 255;
    private static final int MAX_SIGNAL = 64;
    private static final long NANOS = 1_000_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(Bundle.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path directory;
    private final DurableFiles files;

    Bundle(Path directory, DurableFiles files) {
        this.directory = directory;
        this.files = files;
    }

    Path directory() {
        return directory;
    }

    /** The bundle's own name, which is the pod's or container's id. */
    String id() {
        return String.valueOf(directory.getFileName());
    }

    /** The processes in {@code pid}, one per line; empty when it is missing or damaged. */
    List<PidIdentity> pids() {
        try {
            String text =
                    new String(
                            files.read(directory.resolve("pid"), MAX_BYTES),
                            StandardCharsets.US_ASCII);
            List<PidIdentity> pids = new ArrayList<>();
            for (String line : text.lines().toList()) {
                String[] fields = line.split(" ", -1);
                if (fields.length != 2) {
                    throw new IllegalArgumentException("a line of " + fields.length + " fields");
                }
                pids.add(new PidIdentity(Integer.parseInt(fields[0]), Long.parseLong(fields[1])));
            }
            return pids;
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | IllegalArgumentException e) {
            LOG.atWarn()
                    .addKeyValue("bundle", directory)
                    .addKeyValue("why", reason(e))
                    .log("The shim's pid file is damaged");
            return List.of();
        }
    }

    /**
     * The exit record.
     *
     * @return empty when there is none; {@link ExitRecord.Unknown} when it is damaged
     */
    Optional<ExitRecord> exit() {
        try {
            return Optional.of(parse(files.read(directory.resolve("exit"), MAX_BYTES)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | JacksonException | CarafeException.Invalid e) {
            LOG.atWarn()
                    .addKeyValue("bundle", directory)
                    .addKeyValue("why", reason(e))
                    .log("The exit record is damaged");
            return Optional.of(
                    new ExitRecord.Unknown(
                            "the exit record is damaged: " + reason(e), Instant.now()));
        }
    }

    /** In one line: the parser's own messages quote and go on for several. */
    private static String reason(Exception e) {
        return e instanceof JacksonException json
                ? json.getOriginalMessage()
                : String.valueOf(e.getMessage());
    }

    static ExitRecord parse(byte[] raw) {
        JsonNode record = JSON.readTree(raw);
        if (number(record, "version", VERSION, Integer.MAX_VALUE) != VERSION) {
            throw new CarafeException.Invalid("written by a newer shim");
        }
        long nanos = number(record, "finishedAtNanos", 0, Long.MAX_VALUE);
        JsonNode oomKilled = record.path("oomKilled");
        JsonNode startError = record.path("startError");
        if (!oomKilled.isBoolean() || !startError.isString()) {
            throw new CarafeException.Invalid("oomKilled or startError is missing");
        }
        return new ExitRecord.Known(
                (int) number(record, "code", 0, MAX_CODE),
                (int) number(record, "signal", 0, MAX_SIGNAL),
                oomKilled.booleanValue(),
                oomKills(record),
                Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS),
                startError.stringValue(),
                number(record, "lostLogBytes", 0, Long.MAX_VALUE));
    }

    /** Shims of 0.1 before this field count none. */
    private static long oomKills(JsonNode record) {
        return record.has("oomKills") ? number(record, "oomKills", 0, Long.MAX_VALUE) : 0;
    }

    private static long number(JsonNode record, String name, long min, long max) {
        JsonNode value = record.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new CarafeException.Invalid(name + " is not a number");
        }
        long number = value.longValue();
        if (number < min || number > max) {
            throw new CarafeException.Invalid(name + " is " + number + ", out of range");
        }
        return number;
    }

    /** The end of the shim's own log, for messages about a shim that died. */
    String lastWords() {
        try {
            String text =
                    new String(
                                    files.read(directory.resolve("shim.log"), MAX_LOG_BYTES),
                                    StandardCharsets.UTF_8)
                            .strip();
            if (text.isEmpty()) {
                return "it said nothing";
            }
            int start = Math.max(0, text.length() - MAX_LOG_WORDS);
            return text.substring(start).replace('\n', ' ');
        } catch (IOException e) {
            return "its log cannot be read: " + e.getMessage();
        }
    }
}
