package carafe.runtime.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class CpuRatesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long BORN = 100 * SECOND;

    private final CpuRates rates = new CpuRates();

    private long rate(long atSeconds, long usedSeconds) {
        return rates.rate("c", BORN, BORN + atSeconds * SECOND, usedSeconds * SECOND).orElse(-1L);
    }

    @Test
    void theFirstAnswerIsTheRateSinceTheStart() {
        assertThat(rate(10, 5)).isEqualTo(SECOND / 2);
    }

    @Test
    void laterAnswersAreTheRateSinceTheQuestionBefore() {
        rate(10, 5);
        assertThat(rate(20, 25)).isEqualTo(2 * SECOND);
        assertThat(rate(30, 25)).isZero();
    }

    @Test
    void twoQuestionsInOneSecondGetOneWindow() {
        rate(10, 0);
        rate(20, 10);
        assertThat(rates.rate("c", BORN, BORN + 20 * SECOND + 1000, 10 * SECOND).orElseThrow())
                .isBetween(SECOND - 1000, SECOND);
    }

    @Test
    void aStepOfTheClockOrOfTheCounterGivesNoRateAndIsOver() {
        rate(10, 5);
        rate(20, 10);
        assertThat(rate(5, 11)).isEqualTo(-1);
        assertThat(rate(15, 16)).isEqualTo(SECOND / 2);
        assertThat(rate(25, 1)).isEqualTo(-1);
    }

    @Test
    void whatWasRemovedIsForgotten() {
        rate(10, 5);
        rates.rate("d", BORN, BORN + SECOND, 1);
        rates.retain(Set.of("d"));
        assertThat(rates.size()).isOne();
    }
}
