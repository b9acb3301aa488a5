package carafe.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskFilesTest {
    private final DiskFiles files = new DiskFiles();
    @TempDir Path dir;

    @Test
    void replacesTheContentAndKeepsItPrivate() throws IOException {
        Path file = dir.resolve("record.json");
        files.write(file, new byte[] {1}, DurableFiles.Durability.POWER_CUT);
        files.write(file, new byte[] {2, 3}, DurableFiles.Durability.PROCESS);

        assertThat(files.read(file, 10)).containsExactly(2, 3);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(dir).isDirectoryContaining(file::equals).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void aTemporaryFileOfACrashIsOverwritten() throws IOException {
        Files.writeString(dir.resolve(".record.json.tmp"), "half");
        files.write(dir.resolve("record.json"), new byte[] {1}, DurableFiles.Durability.PROCESS);
        assertThat(dir.resolve(".record.json.tmp")).doesNotExist();
    }

    @Test
    void whatKilledWritersLeftIsDeletedAndNothingElse() throws IOException {
        Path kept = Files.writeString(dir.resolve("record.json"), "whole");
        Files.writeString(dir.resolve(".record.json.tmp"), "half");
        Files.writeString(dir.resolve(".other.tmp"), "");

        DiskFiles.deleteUnfinished(dir);
        DiskFiles.deleteUnfinished(dir.resolve("absent"));

        assertThat(dir).isDirectoryNotContaining("glob:**.tmp");
        assertThat(kept).hasContent("whole");
    }

    @Test
    void refusesToReadMoreThanTheLimit() throws IOException {
        Path file = Files.write(dir.resolve("big"), new byte[11]);
        assertThatThrownBy(() -> files.read(file, 10)).hasMessageContaining("larger than 10 bytes");
    }

    @Test
    void deletingTwiceIsFineAndReadingThenSaysSo() throws IOException {
        Path file = Files.createFile(dir.resolve("f"));
        files.delete(file);
        files.delete(file);
        assertThatThrownBy(() -> files.read(file, 10)).isInstanceOf(NoSuchFileException.class);
    }
}
