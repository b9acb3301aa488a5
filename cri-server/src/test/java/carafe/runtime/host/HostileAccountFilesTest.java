package carafe.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.BlockingCalls;
import carafe.base.CarafeException;
import carafe.linux.fs.FileCalls;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C03: whatever an image has in the place of its account files, the daemon neither hangs nor grows.
 */
final class HostileAccountFilesTest {
    private static final int MOST = 10 << 20;
    private static final Duration QUICK = Duration.ofSeconds(2);

    @TempDir private Path layer;
    private final LayeredRootfsFiles files =
            new LayeredRootfsFiles(FileCalls.linux(), new BlockingCalls());

    @BeforeEach
    void makeEtc() throws IOException {
        Files.createDirectory(layer.resolve("etc"));
    }

    private void assertRefused(String why) {
        long begin = System.nanoTime();
        assertThatThrownBy(() -> files.read(List.of(layer), "/etc/passwd", MOST, QUICK))
                .isInstanceOf(CarafeException.class)
                .hasMessageContaining("/etc/passwd")
                .hasMessageContaining(why);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(QUICK);
    }

    private Path passwd() {
        return layer.resolve("etc/passwd");
    }

    @Test
    void aFileOfTwentyGibibytes() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(passwd().toFile(), "rw")) {
            file.setLength(20L << 30);
        }
        assertRefused("");
    }

    @Test
    void aFifo() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", passwd().toString()).start().waitFor()).isZero();
        assertRefused("no regular file");
    }

    @Test
    void aSocket() throws IOException {
        Path place = Files.createTempDirectory(Path.of("/tmp"), "s");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(place.resolve("s")));
            Files.move(place.resolve("s"), passwd());
            assertRefused("no regular file");
        } finally {
            Files.delete(place);
        }
    }

    @Test
    void aDirectory() throws IOException {
        Files.createDirectory(passwd());
        assertRefused("directory");
    }

    @Test
    void linksInACircle() throws IOException {
        Files.createSymbolicLink(passwd(), Path.of("group"));
        Files.createSymbolicLink(layer.resolve("etc/group"), Path.of("passwd"));
        assertRefused("links");
    }

    @Test
    void aLinkToADeviceOfTheNodeLeadsToNothing() throws IOException {
        Files.createSymbolicLink(passwd(), Path.of("/dev/zero"));
        assertThat(files.read(List.of(layer), "/etc/passwd", MOST, QUICK)).isEmpty();
    }

    @Test
    void linksOutOfTheImageStayInside() throws IOException {
        Files.writeString(layer.resolve("etc/own"), "inside");
        Files.createSymbolicLink(passwd(), Path.of("../../../../etc/own"));
        assertThat(files.read(List.of(layer), "/etc/passwd", MOST, QUICK))
                .hasValueSatisfying(content -> assertThat(content).asString().isEqualTo("inside"));
    }
}
