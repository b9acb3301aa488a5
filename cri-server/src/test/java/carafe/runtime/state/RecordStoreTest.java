package carafe.runtime.state;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.DiskFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon that died in the middle of a write left. */
final class RecordStoreTest {
    private static final String ID = "a".repeat(64);

    @TempDir Path root;

    @Test
    void aRecordThatWasNeverFinishedLeavesNothing() throws IOException {
        Path own = Files.createDirectories(root.resolve("pods").resolve(ID));
        Files.writeString(own.resolve(".record.json.tmp"), "{\"ver");

        assertThat(RecordStore.pods(root, new DiskFiles()).load()).isEmpty();
        assertThat(own).doesNotExist();
    }

    @Test
    void whatWasSetAsideStays() throws IOException {
        Path own = Files.createDirectories(root.resolve("pods").resolve(ID));
        Files.writeString(own.resolve("record.json"), "no record");
        RecordStore.pods(root, new DiskFiles()).load();

        assertThat(RecordStore.pods(root, new DiskFiles()).load()).isEmpty();
        assertThat(own).isDirectoryContaining("glob:**.damaged-*");
    }
}
