package carafe.network.bridge;

import carafe.base.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in the file of a {@link LeaseJournal}.
 *
 * @param lines that can be read
 * @param end where the last line with an end has it
 * @param damaged whether there is anything that cannot be read
 */
record JournalContent(List<Line> lines, int end, int size, boolean isAbsent, boolean damaged) {
    private static final Logger LOG = LoggerFactory.getLogger(JournalContent.class);

    /** More pods than one node ever has, each with some hundred host ports. */
    private static final int MAX_BYTES = 256 << 20;

    private static final int SHOWN = 80;

    /** One lease, live or given back, and where it is; content with its end. */
    @SuppressWarnings("ArrayRecordComponent") // compared by its owner
    record Line(int at, byte[] content, Lease lease) {
        boolean isLive() {
            return content[0] == LeaseText.LIVE;
        }
    }

    static JournalContent read(Path file, DurableFiles files) throws IOException {
        byte[] all;
        try {
            all = files.read(file, MAX_BYTES);
        } catch (NoSuchFileException e) {
            return new JournalContent(List.of(), 0, 0, true, false);
        }
        List<Line> lines = new ArrayList<>();
        int start = 0;
        boolean damaged = false;
        for (int i = 0; i < all.length; i++) {
            if (all[i] != '\n') {
                continue;
            }
            try {
                Lease lease = LeaseText.read(all, start, i);
                lines.add(new Line(start, Arrays.copyOfRange(all, start, i + 1), lease));
            } catch (IllegalArgumentException e) {
                damaged = true;
                warn(file, all, start, e);
            }
            start = i + 1;
        }
        if (start < all.length) {
            damaged = true;
            warn(file, all, start, new IllegalArgumentException("it has no end"));
        }
        return new JournalContent(lines, start, all.length, false, damaged);
    }

    private static void warn(Path file, byte[] all, int start, IllegalArgumentException why) {
        int shown = Math.min(all.length - start, SHOWN);
        String text = new String(all, start, shown, StandardCharsets.UTF_8);
        LOG.atWarn()
                .addKeyValue("file", file)
                .addKeyValue("at", start)
                .addKeyValue("text", text.replaceAll("\\p{C}", " "))
                .setCause(why)
                .log("A pod's lease is damaged");
    }
}
