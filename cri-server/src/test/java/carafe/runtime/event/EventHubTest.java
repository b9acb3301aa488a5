package carafe.runtime.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.RuntimeEvent;
import carafe.runtime.api.Subscription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventHubTest {
    private static final int LAG = 100;

    private final EventHub hub = new EventHub(new EventHub.Limits(LAG, 3));

    @Test
    void aSlowSubscriberIsDroppedAndTheOthersLoseNothing() throws InterruptedException {
        try (Subscription slow = hub.subscribe();
                Subscription first = hub.subscribe();
                Subscription second = hub.subscribe()) {
            for (int i = 0; i < 50 * LAG; i++) {
                hub.publish(event(i));
                assertThat(first.next().atNanos()).isEqualTo(i);
                if (i >= LAG / 2) { // always some way behind, but never too far
                    assertThat(second.next().atNanos()).isEqualTo(i - LAG / 2);
                }
            }

            assertThat(hub.subscribers()).as("without the slow one").isEqualTo(2);
            for (int i = 0; i < LAG; i++) {
                assertThat(slow.next().atNanos()).as("before it was dropped").isEqualTo(i);
            }
            assertThatThrownBy(slow::next)
                    .isInstanceOf(CarafeException.Exhausted.class)
                    .hasMessageContaining("subscribe again");
        }
        assertThat(hub.subscribers()).isZero();
    }

    @Test
    void thereIsAnEndToHowManyMayListen() {
        try (Subscription _ = hub.subscribe();
                Subscription _ = hub.subscribe()) {
            try (Subscription _ = hub.subscribe()) {
                assertThatThrownBy(hub::subscribe)
                        .isInstanceOf(CarafeException.Exhausted.class)
                        .hasMessageContaining("3 callers listen");
            }
            hub.subscribe().close();
        }
    }

    private static RuntimeEvent event(long number) {
        return new RuntimeEvent(RuntimeEvent.Kind.STARTED, "c", "p", null, number);
    }
}
