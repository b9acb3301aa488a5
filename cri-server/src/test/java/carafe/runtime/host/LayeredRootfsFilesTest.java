package carafe.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.BlockingCalls;
import carafe.base.CarafeException;
import carafe.linux.fs.FileCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LayeredRootfsFilesTest {
    private static final int LIMIT = 1_000;

    @TempDir Path dir;

    @BeforeEach
    void layers() throws IOException {
        Files.createDirectories(top().resolve("etc"));
        Files.createDirectories(bottom().resolve("etc"));
    }

    private Path top() {
        return dir.resolve("top");
    }

    private Path bottom() {
        return dir.resolve("bottom");
    }

    @Test
    void theTopmostFileIsSeen() throws IOException {
        Files.writeString(bottom().resolve("etc/passwd"), "below");
        assertThat(read("/etc/passwd")).contains("below");
        Files.writeString(top().resolve("etc/passwd"), "above");
        assertThat(read("/etc/passwd")).contains("above");
    }

    @Test
    void whatIsNotThereIsEmpty() {
        assertThat(read("/etc/passwd")).isEmpty();
        assertThat(read("/no/such/directory/at/all")).isEmpty();
    }

    @Test
    void aFileAboveHidesTheDirectoryBelow() throws IOException {
        Files.createDirectories(bottom().resolve("x"));
        Files.writeString(bottom().resolve("x/file"), "below");
        Files.writeString(top().resolve("x"), "a file");
        assertThat(read("/x/file")).isEmpty();
    }

    @Test
    void linksAreFollowedInsideAndNeverOut() throws IOException {
        Path secret = Files.writeString(dir.resolve("secret"), "of the host");
        Files.createSymbolicLink(top().resolve("etc/passwd"), secret);
        Files.createSymbolicLink(top().resolve("up"), Path.of("../../../../secret"));
        Files.createSymbolicLink(top().resolve("etc/group"), Path.of("/data/../data/group"));
        Files.createDirectories(bottom().resolve("data"));
        Files.writeString(bottom().resolve("data/group"), "inside");

        assertThat(read("/etc/passwd")).isEmpty();
        assertThat(read("/up")).isEmpty();
        assertThat(read("/etc/group")).contains("inside");
    }

    @Test
    void aLoopOfLinksEnds() throws IOException {
        Files.createSymbolicLink(top().resolve("a"), Path.of("b"));
        Files.createSymbolicLink(top().resolve("b"), Path.of("a"));
        assertThatThrownBy(() -> read("/a"))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("links");
    }

    @Test
    void whatIsNoSmallRegularFileIsRefused() throws Exception {
        Files.write(top().resolve("big"), new byte[LIMIT + 1]);
        assertThat(new ProcessBuilder("mkfifo", top().resolve("pipe").toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> read("/big")).hasMessageContaining("larger than");
        assertThatThrownBy(() -> read("/pipe")).hasMessageContaining("no regular file");
        assertThatThrownBy(() -> read("/etc")).hasMessageContaining("directory");
    }

    private Optional<String> read(String path) {
        return new LayeredRootfsFiles(FileCalls.linux(), new BlockingCalls())
                .read(List.of(top(), bottom()), path, LIMIT, Duration.ofSeconds(5))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
}
