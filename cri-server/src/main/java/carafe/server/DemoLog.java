package carafe.server;

import carafe.base.CarafeException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Follows a container's log file and hands on the text of each finished line. Not thread-safe. */
final class DemoLog {
    private static final int CHUNK = 64 * 1024;

    /** Time, stream and tag stand before the text, each followed by one blank. */
    private static final int FIELDS_BEFORE_TEXT = 3;

    private final Path file;
    private final Consumer<String> line;
    private long read;
    private String rest = "";
    private int handedOn;

    DemoLog(Path file, Consumer<String> line) {
        this.file = file;
        this.line = line;
    }

    /**
     * Hands on what was written since the last call; nothing when there is no file yet.
     *
     * @return whether there was a line
     */
    boolean poll() {
        if (!Files.exists(file)) {
            return false;
        }
        int before = handedOn;
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(read);
            byte[] chunk = new byte[CHUNK];
            for (int got = in.read(chunk); got > 0; got = in.read(chunk)) {
                read += got;
                lines(rest + new String(chunk, 0, got, StandardCharsets.UTF_8));
            }
            return handedOn > before;
        } catch (IOException e) {
            throw new CarafeException.Internal("cannot read the log %s: %s".formatted(file, e), e);
        }
    }

    private void lines(String text) {
        int begin = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', begin)) {
            line.accept(text(text.substring(begin, end)));
            handedOn++;
            begin = end + 1;
        }
        rest = text.substring(begin);
    }

    private static String text(String record) {
        String[] fields = record.split(" ", FIELDS_BEFORE_TEXT + 1);
        return fields.length > FIELDS_BEFORE_TEXT ? fields[FIELDS_BEFORE_TEXT] : record;
    }
}
