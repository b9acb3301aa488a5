package carafe.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
    @ParameterizedTest
    @ValueSource(strings = {"0B", "17B", "64KiB", "16MiB", "3GiB", "1025KiB"})
    void whatIsWrittenIsReadBack(String text) {
        assertThat(Bytes.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "16", "16M", "-1MiB", "1.5MiB", "9999999999999GiB", "1 TiB"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> Bytes.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "250ms", "59s", "1m", "90m", "4h"})
    void spansAreReadBackToo(String text) {
        assertThat(DurationText.format(DurationText.parse(text))).isEqualTo(text);
    }

    @Test
    void spansKeepTheirUnit() {
        assertThat(DurationText.parse("90 m")).isEqualTo(Duration.ofMinutes(90));
    }
}
