package carafe.linux.fs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels are extended attributes, which root may set without SELinux too. */
class TreeLabelIT {
    private static final String LABEL = "u:r:t:s0:c1,c2";

    private final FileCalls calls = FileCalls.linux();

    @TempDir Path dir;

    @BeforeEach
    void needsRootAndTheTool() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/getfattr")), "needs package attr");
    }

    private static String label(Path file) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                "getfattr",
                                "-h",
                                "--absolute-names",
                                "--only-values",
                                "-n",
                                "security.selinux",
                                file.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String value = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return value.replace("\0", "");
    }

    @Test
    void everythingBelowIsLabelledAndNothingElse() throws Exception {
        Path top = dir.resolve("top");
        Files.createDirectories(top.resolve("a/b"));
        Path file = Files.writeString(top.resolve("a/file"), "x");
        Path outside = Files.writeString(dir.resolve("outside"), "x");
        Path link = Files.createSymbolicLink(top.resolve("link"), outside);

        TreeLabel.set(calls, top, LABEL);

        for (Path each : new Path[] {top, top.resolve("a"), top.resolve("a/b"), file, link}) {
            assertThat(label(each)).as(each.toString()).isEqualTo(LABEL);
        }
        assertThat(label(outside)).isEmpty();
        TreeLabel.set(calls, outside, LABEL);
        assertThat(label(outside)).isEqualTo(LABEL);
    }

    @Test
    void aTreeWithoutEndIsAnError() throws Exception {
        Path deep = dir;
        for (int i = 0; i <= TreeLabel.MAX_DEPTH; i++) {
            deep = Files.createDirectory(deep.resolve("d"));
        }
        assertThatThrownBy(() -> TreeLabel.set(calls, dir, LABEL))
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("levels deep");
    }
}
