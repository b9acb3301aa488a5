package carafe.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.runtime.api.StopSignal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StopSignalTest {
    @ParameterizedTest
    @CsvSource({
        "SIGTERM,15",
        "TERM,15",
        "term,15",
        "15,15",
        "SIGRTMIN,34",
        "SIGRTMIN+3,37",
        "RTMIN+30,64",
        "SIGRTMAX,64",
        "SIGRTMAX-1,63",
        "SIGIO,29",
        "SIGPOLL,29",
        "SIGCLD,17",
        "40,40"
    })
    void namesAndNumbersAreRead(String text, int number) {
        assertThat(StopSignal.parse(text))
                .hasValueSatisfying(signal -> assertThat(signal.number()).isEqualTo(number));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "-1",
                "32",
                "33",
                "65",
                "999",
                "SIGRTMIN+999",
                "SIGRTMIN-1",
                "text",
                "SIG",
                "SIGRTMAX+1",
                "RTMIN+31"
            })
    void theRestIsNone(String text) {
        assertThat(StopSignal.parse(text)).isEmpty();
    }

    @Test
    void everyNumberIsReadBackFromItsName() {
        for (int number = 1; number <= 64; number++) {
            StopSignal.ofNumber(number)
                    .ifPresent(
                            signal -> assertThat(StopSignal.parse(signal.name())).contains(signal));
            assertThat(StopSignal.ofNumber(number).isPresent())
                    .isEqualTo(number != 32 && number != 33);
        }
    }
}
