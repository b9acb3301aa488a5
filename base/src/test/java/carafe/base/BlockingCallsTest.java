package carafe.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class BlockingCallsTest {
    private final BlockingCalls calls = new BlockingCalls();

    @Test
    void givesResultAndFailureAsTheyAre() throws Exception {
        assertThat(calls.call("/a", () -> 7, Duration.ofSeconds(5))).isEqualTo(7);
        assertThatThrownBy(() ->
                        calls.call(
                                "/b",
                                () -> {
                                    throw new IOException("disk");
                                },
                                Duration.ofSeconds(5)))
                .isInstanceOf(IOException.class)
                .hasMessage("disk");
    }

    @Test
    void aCallAfterTheEndOfAnotherIsMadeAndNotAnsweredWithItsResult() throws Exception {
        AtomicInteger made = new AtomicInteger();
        for (int i = 1; i <= 2000; i++) {
            assertThat(calls.call("/again", made::incrementAndGet, Duration.ofSeconds(5)))
                    .isEqualTo(i);
        }
    }

    @Test
    void callsOneAfterTheOtherNeedFewThreads() throws Exception {
        Set<Thread> used = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            used.add(calls.call("/" + i, Thread::currentThread, Duration.ofSeconds(5)));
        }
        assertThat(used).hasSizeLessThan(100).allMatch(Thread::isDaemon);
    }

    @Test
    void aHangingCallCostsOneThreadHoweverOftenItIsAsked() {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() ->
                            calls.call(
                                    "/dead",
                                    () -> {
                                        never.await();
                                        return true;
                                    },
                                    Duration.ofMillis(10)))
                    .isInstanceOf(CarafeException.Unavailable.class)
                    .hasMessageContaining("/dead did not answer");
        }
        assertThat(calls.underWay()).isEqualTo(1);
        never.countDown();
    }
}
