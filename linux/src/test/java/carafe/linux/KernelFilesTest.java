package carafe.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelFilesTest {
    @TempDir private Path directory;

    @Test
    void aFileLongerThanOneReadComesWhole() throws IOException {
        String text = "0123456789\n".repeat(5000);
        Path file = Files.writeString(directory.resolve("f"), text);
        assertThat(KernelFiles.read(file)).isEqualTo(text);
    }

    @Test
    void aWriteReplaces() throws IOException {
        Path file = Files.writeString(directory.resolve("f"), "longer than that");
        KernelFiles.write(file, "short");
        assertThat(KernelFiles.read(file)).isEqualTo("short");
    }

    @Test
    void severalTextsAreWrittenOneAfterTheOther() throws IOException {
        Path file = Files.writeString(directory.resolve("f"), "longer than that");
        KernelFiles.writeEach(file, List.of("a", "bc"));
        assertThat(KernelFiles.read(file)).isEqualTo("abc");
    }

    @Test
    void failuresNameCallPathAndErrno() {
        Path file = directory.resolve("missing");
        assertThatThrownBy(() -> KernelFiles.read(file))
                .hasMessage("open " + file + ": ENOENT (no such file or directory)");
        assertThatThrownBy(() -> KernelFiles.write(file, "x"))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.is(Errno.ENOENT)).isTrue());
        assertThat(file).doesNotExist();
        assertThatThrownBy(() -> KernelFiles.read(directory)).hasMessageContaining("EISDIR");
    }

    @Test
    void aFileWithoutEndIsNotRead() {
        assertThatThrownBy(() -> KernelFiles.read(Path.of("/dev/zero")))
                .hasMessageContaining("EFBIG");
    }

    @Test
    void fileSystemsAreKnownByTheirNumbers() throws IOException {
        assertThat(Statfs.of(Path.of("/proc")).type()).isEqualTo(Statfs.PROCFS);
        Statfs here = Statfs.of(directory);
        assertThat(here.totalBytes()).isGreaterThan(0).isGreaterThanOrEqualTo(here.freeBytes());
        assertThat(here.totalBytes()).isEqualTo(Files.getFileStore(directory).getTotalSpace());
    }

    @Test
    void theBootIdIsStable() throws IOException {
        assertThat(BootId.current()).isEqualTo(BootId.current());
        assertThatThrownBy(() -> new BootId("1-1-1-1-1"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPeerIsWhoTheKernelSaysItIs() throws IOException {
        Path socket = directory.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                    SocketChannel _ = server.accept()) {
                assertThat(peersOfOpenSockets())
                        .anyMatch(peer ->
                                peer.pid() == ProcessHandle.current().pid()
                                        && peer.uid() == PeerCredentials.ownUid());
            }
        }
    }

    private static List<PeerCredentials> peersOfOpenSockets() throws IOException {
        List<PeerCredentials> peers = new ArrayList<>();
        try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path fd : fds) {
                if (Files.exists(fd, java.nio.file.LinkOption.NOFOLLOW_LINKS)
                        && Files.readSymbolicLink(fd).toString().startsWith("socket:")) {
                    peers.add(PeerCredentials.of(Integer.parseInt(fd.getFileName().toString())));
                }
            }
        }
        return peers;
    }

    @Test
    void aDescriptorIsClosedOnceAndNotUsedAfter() throws IOException {
        Fd fd = Fd.directory(directory);
        assertThat(Files.readSymbolicLink(fd.path())).isEqualTo(directory.toRealPath());
        fd.close();
        fd.close();
        assertThatThrownBy(fd::number).isInstanceOf(IllegalStateException.class);
    }
}
