package carafe.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class KeyedLockTest {
    private final KeyedLock<String> locks = new KeyedLock<>();

    @Test
    void oneHolderPerKeyAtATime() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (TaskScope scope = new TaskScope("lockers")) {
            for (int i = 0; i < 50; i++) {
                scope.fork(() -> {
                    try (KeyedLock.Held _ = locks.lock("a", Duration.ofSeconds(20))) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        Thread.sleep(1);

                        inside.decrementAndGet();
                    }
                    return true;
                });
            }
            scope.join(Duration.ofSeconds(20));
        }
        assertThat(most).hasValue(1);
        assertThat(locks.size()).isZero();
    }

    @Test
    void anotherKeyDoesNotWait() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (TaskScope scope = new TaskScope("lockers")) {
            scope.fork(() -> {
                try (KeyedLock.Held _ = locks.lock("a", Duration.ofSeconds(5))) {
                    held.countDown();
                    release.await();
                }
                return true;
            });
            held.await();
            locks.lock("b", Duration.ZERO).close();
            assertThatThrownBy(() -> locks.lock("a", Duration.ofMillis(10)))
                    .isInstanceOf(CarafeException.Deadline.class)
                    .hasMessageContaining("another operation on a");
            release.countDown();
            scope.join(Duration.ofSeconds(5));
        }
        assertThat(locks.size()).isZero();
    }
}
