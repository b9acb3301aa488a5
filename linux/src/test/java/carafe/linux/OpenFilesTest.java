package carafe.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenFilesTest {
    @Test
    void aSocketIsADescriptorAndASocket() throws IOException {
        int self = (int) ProcessHandle.current().pid();
        OpenFiles before = OpenFiles.of(List.of(self)).orElseThrow();
        try (ServerSocket _ = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            OpenFiles with = OpenFiles.of(List.of(self)).orElseThrow();
            assertThat(with.sockets()).isGreaterThan(before.sockets());
            assertThat(with.descriptors()).isGreaterThan(with.sockets());
        }
    }

    @Test
    void aProcessThatEndedHasNone() {
        assertThat(OpenFiles.of(List.of(Integer.MAX_VALUE))).contains(new OpenFiles(0, 0));
    }

    @Test
    void softLimitsHaveNamesWithoutSpacesAndUnlimitedOnesAreAbsent() {
        Map<String, Long> limits =
                ProcessLimits.parse(
                        """
                        Limit                     Soft Limit           Hard Limit           Units
                        Max cpu time              unlimited            unlimited            seconds
                        Max open files            1024                 1048576              files
                        Max nice priority         0                    0
                        """);
        assertThat(limits)
                .containsExactly(
                        Map.entry("max_nice_priority", 0L), Map.entry("max_open_files", 1024L));
        assertThat(ProcessLimits.soft((int) ProcessHandle.current().pid()))
                .containsKey("max_open_files");
        assertThat(ProcessLimits.soft(Integer.MAX_VALUE)).isEmpty();
    }
}
