package carafe.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogPathTest {
    @Test
    void aPathBelowTheDirectoryIsTaken() {
        assertThat(LogPath.of("/var/log/pods/p", "app/0.log"))
                .isEqualTo("/var/log/pods/p/app/0.log");
        assertThat(LogPath.of("/var/log/pods/p/", "./app//0.log"))
                .isEqualTo("/var/log/pods/p/app/0.log");
    }

    @Test
    void nothingAskedIsNoLog() {
        assertThat(LogPath.of("", "app.log")).isEmpty();
        assertThat(LogPath.of("/var/log", "")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../../x", "a/../../x", "/etc/passwd", ".", "a\u0000b", "läuft", "a\nb"})
    void everythingElseIsRefused(String path) {
        assertThatThrownBy(() -> LogPath.of("/var/log/pods/p", path))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void longPathsAreRefused() {
        assertThatThrownBy(() -> LogPath.of("/var/log", "a".repeat(5000)))
                .isInstanceOf(CarafeException.Invalid.class);
    }
}
