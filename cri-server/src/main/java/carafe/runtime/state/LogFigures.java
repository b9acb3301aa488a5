package carafe.runtime.state;

import carafe.runtime.port.LogTotals;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads what a container's shim has counted of its log: {@code log.counts} in the bundle. */
public final class LogFigures {
    private static final String FILE = "log.counts";
    private static final int BYTES = 4 * Long.BYTES;

    private LogFigures() {}

    /**
     * @return empty when nothing was counted: there was no output yet, or an older shim writes the
     *     log
     */
    public static Optional<LogTotals> read(Path bundle) {
        try (InputStream file = Files.newInputStream(bundle.resolve(FILE))) {
            byte[] bytes = file.readNBytes(BYTES);
            if (bytes.length < BYTES) {
                return Optional.empty();
            }
            ByteBuffer counts = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            return Optional.of(
                    new LogTotals(
                            counts.getLong(),
                            counts.getLong(),
                            counts.getLong(),
                            counts.getLong()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
