package carafe.shim.pump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.shim.sys.FileCalls;
import carafe.shim.sys.RealKernel;
import carafe.shim.sys.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTargetTest {
    private final FileCalls files = RealKernel.syscalls().files();

    @TempDir private Path temp;

    private void open(LogTarget target) throws SyscallException {
        files.close(target.open(files));
    }

    @Test
    void thePathIsSplitWhereLinksEnd() throws SyscallException {
        assertThat(LogTarget.of("/var/log/pods/p/c/0.log", ""))
                .isEqualTo(new LogTarget("/var/log/pods/p", "c", "0.log"));
        assertThat(LogTarget.of("/var/log/pods/p/c/0.log", "/var/log/pods/"))
                .isEqualTo(new LogTarget("/var/log/pods", "p/c", "0.log"));
        assertThat(LogTarget.of("/var/log/pods/p/c/0.log", "/var/log/pods/p/c"))
                .isEqualTo(new LogTarget("/var/log/pods/p/c", "", "0.log"));
        assertThat(LogTarget.of("/a/0.log", "")).isEqualTo(new LogTarget("/", "a", "0.log"));
        assertThat(LogTarget.of("/0.log", "")).isEqualTo(new LogTarget("/", "", "0.log"));
        assertThat(LogTarget.of("/a/b/0.log", "/")).isEqualTo(new LogTarget("/", "a/b", "0.log"));
    }

    @Test
    void whatIsNoPathOfAFileIsRefused() {
        assertThatThrownBy(() -> LogTarget.of("a/0.log", "")).isInstanceOf(SyscallException.class);
        assertThatThrownBy(() -> LogTarget.of("/a/b/", "")).isInstanceOf(SyscallException.class);
        assertThatThrownBy(() -> LogTarget.of("/var/logs/0.log", "/var/log"))
                .isInstanceOf(SyscallException.class);
    }

    @Test
    void theFileIsMadeAndAppendedTo() throws IOException {
        Path log = Files.createDirectory(temp.resolve("c")).resolve("0.log");
        open(LogTarget.of(log.toString(), ""));
        Files.writeString(log, "kept");
        open(LogTarget.of(log.toString(), ""));

        assertThat(log).hasContent("kept");
    }

    @Test
    void aLinkInThePlaceOfTheFileOrItsDirectoryIsRefused() throws IOException {
        Path secret = Files.writeString(temp.resolve("secret"), "secret");
        Path directory = Files.createDirectory(temp.resolve("c"));
        Files.createSymbolicLink(directory.resolve("0.log"), secret);
        Files.createSymbolicLink(temp.resolve("link"), directory);
        LogTarget link = LogTarget.of(directory + "/0.log", "");
        LogTarget belowLink = LogTarget.of(temp + "/link/1.log", "");
        LogTarget above = LogTarget.of(temp + "/c/../../escape.log", temp.toString());

        assertThatThrownBy(() -> open(link)).isInstanceOf(SyscallException.class);
        assertThatThrownBy(() -> open(belowLink)).isInstanceOf(SyscallException.class);
        assertThatThrownBy(() -> open(above)).isInstanceOf(SyscallException.class);
        assertThat(secret).hasContent("secret");
        assertThat(directory.resolve("1.log")).doesNotExist();
    }

    @Test
    void theTrustedPartMayHoldLinks() throws IOException {
        Files.createDirectories(temp.resolve("real/pod/c"));
        Path link = Files.createSymbolicLink(temp.resolve("link"), temp.resolve("real"));

        open(LogTarget.of(link + "/pod/c/0.log", link.toString()));

        assertThat(temp.resolve("real/pod/c/0.log")).exists();
    }

    @Test
    void onlyARegularFileWillDo() throws IOException {
        Path directory = Files.createDirectory(temp.resolve("c"));
        Files.createDirectory(directory.resolve("d"));
        LogTarget isDirectory = LogTarget.of(directory + "/d", "");
        LogTarget device = LogTarget.of("/dev/null", "");
        LogTarget missing = LogTarget.of(temp + "/none/0.log", "");

        assertThatThrownBy(() -> open(isDirectory)).isInstanceOf(SyscallException.class);
        assertThatThrownBy(() -> open(device)).isInstanceOf(SyscallException.class);
        assertThatThrownBy(() -> open(missing)).isInstanceOf(SyscallException.class);
    }
}
