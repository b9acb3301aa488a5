package carafe.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

class SealedMemfdTest {
    private static SealedMemfd script(String text) throws IOException {
        return SealedMemfd.of(
                "test", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aChildRunsIt() throws Exception {
        try (SealedMemfd memory = script("#!/bin/sh\nexit 42\n")) {
            assertThat(memory.sealed()).isTrue();
            Process process = new ProcessBuilder(memory.path().toString()).start();
            assertThat(process.waitFor()).isEqualTo(42);
        }
    }

    @Test
    void nobodyChangesIt() throws Exception {
        try (SealedMemfd memory = script("#!/bin/sh\nexit 42\n")) {
            assertThatThrownBy(
                            () -> Files.writeString(memory.path(), "x", StandardOpenOption.WRITE))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> KernelFiles.write(memory.path(), "x"))
                    .isInstanceOf(SyscallException.class)
                    .hasMessageContaining("EPERM");
            assertThat(Files.readString(memory.path())).isEqualTo("#!/bin/sh\nexit 42\n");
        }
    }

    @Test
    void anEmptyProgramIsAMistake() {
        assertThatThrownBy(() -> script("")).hasMessageContaining("0 bytes");
    }

    @Test
    void nothingIsLeftOpen() throws Exception {
        Path path;
        try (SealedMemfd memory = script("x")) {
            path = memory.path();
            assertThat(Files.readSymbolicLink(path).toString()).startsWith("/memfd:test");
        }
        assertThat(Files.exists(path) && Files.readSymbolicLink(path).toString().contains("memfd"))
                .isFalse();
    }
}
