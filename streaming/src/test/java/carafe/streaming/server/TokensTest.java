package carafe.streaming.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.streaming.api.StreamOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokensTest {
    private static final StreamOrder ORDER = new StreamOrder.PortForward("pod", List.of());

    private Instant now = Instant.EPOCH;
    private final Tokens tokens = new Tokens(() -> now);

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void aTokenHas128RandomBitsInUrlLetters() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            String token = tokens.offer(ORDER);
            assertThat(token).matches("[A-Za-z0-9_-]{22}");
            assertThat(seen.add(token)).isTrue();
        }
    }

    @Test
    void aTokenIsGoodOnce() {
        String token = tokens.offer(ORDER);

        assertThat(tokens.take("portforward", token)).contains(ORDER);
        assertThat(tokens.take("portforward", token)).isEmpty();
    }

    @Test
    void aTokenIsGoodForItsMethodOnly() {
        String token = tokens.offer(ORDER);

        assertThat(tokens.take("exec", token)).isEmpty();
    }

    @Test
    void aTokenEndsAfterAMinute() {
        String early = tokens.offer(ORDER);
        String late = tokens.offer(ORDER);
        pass(Duration.ofSeconds(59));
        assertThat(tokens.take("portforward", early)).isPresent();
        pass(Duration.ofSeconds(1));

        assertThat(tokens.take("portforward", late)).isEmpty();
    }

    @Test
    void aThousandMayBeOut() {
        for (int i = 0; i < 1000; i++) {
            tokens.offer(ORDER);
        }
        assertThatThrownBy(() -> tokens.offer(ORDER))
                .isInstanceOf(CarafeException.Exhausted.class)
                .hasMessageContaining("1000");
        pass(Duration.ofSeconds(60));
        tokens.offer(ORDER);
    }
}
