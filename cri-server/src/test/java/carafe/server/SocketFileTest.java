package carafe.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketFileTest {
    @TempDir private Path dir;

    @Test
    void bindsInsideAPrivateDirectoryAndAppearsWithItsFinalMode() throws IOException {
        Path path = dir.resolve("x.sock");
        try (SocketFile socket = new SocketFile(path)) {
            assertThat(mode(dir.resolve(".new"))).isEqualTo("rwx------");
            try (ServerSocketChannel server = listen(socket.bindPath())) {
                assertThat(path).doesNotExist();
                socket.publish();
                assertThat(mode(path)).isEqualTo("rw-rw----");
                assertThat(dir.resolve(".new")).doesNotExist();
                assertThat(server.isOpen()).isTrue();
            }
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void replacesTheSocketOfADeadDaemon() throws IOException {
        Path path = dir.resolve("x.sock");
        listen(path).close(); // the file stays, nobody listens
        assertThat(path).exists();
        try (SocketFile socket = new SocketFile(path);
                ServerSocketChannel server = listen(socket.bindPath())) {
            socket.publish();
            assertThat(server.isOpen()).isTrue();
            assertThat(Files.exists(path)).isTrue();
        }
    }

    @Test
    void leavesALivingServerAlone() throws IOException {
        Path path = dir.resolve("x.sock");
        try (ServerSocketChannel server = listen(path)) {
            assertThatThrownBy(() -> new SocketFile(path))
                    .isInstanceOf(CarafeException.Precondition.class)
                    .hasMessageContaining("another server answers on " + path);
            assertThat(server.isOpen()).isTrue();
        }
    }

    @Test
    void neverDeletesWhatIsNoSocket() throws IOException {
        Path path = Files.writeString(dir.resolve("x.sock"), "precious");
        assertThatThrownBy(() -> new SocketFile(path))
                .isInstanceOf(CarafeException.Precondition.class)
                .hasMessageContaining(path + " exists and is no socket");
        assertThat(path).hasContent("precious");
    }

    @Test
    void namesAPathThatIsTooLong() {
        Path path = dir.resolve("d".repeat(100)).resolve("x.sock");
        assertThatThrownBy(() -> new SocketFile(path))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("--socket");
    }

    private static ServerSocketChannel listen(Path path) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(path));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
