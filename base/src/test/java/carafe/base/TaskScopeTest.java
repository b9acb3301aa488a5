package carafe.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class TaskScopeTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @Test
    void givesEveryChildsResult() throws Exception {
        try (TaskScope scope = new TaskScope("test")) {
            TaskScope.Outcome<Integer> one = scope.fork(() -> 1);
            TaskScope.Outcome<Integer> two = scope.fork(() -> 2);
            scope.join(SOON);
            assertThat(one.get() + two.get()).isEqualTo(3);
        }
    }

    @Test
    void theFirstFailureIsThrownAsItWasAndInterruptsTheRest() {
        AtomicBoolean interrupted = new AtomicBoolean();
        try (TaskScope scope = new TaskScope("test")) {
            scope.fork(() -> {
                try {
                    return new CountDownLatch(1).getCount() + waitForEver();
                } catch (InterruptedException e) {
                    interrupted.set(true);
                    throw e;
                }
            });
            scope.fork(() -> {
                throw new IOException("registry");
            });
            assertThatThrownBy(() -> scope.join(SOON))
                    .isInstanceOf(IOException.class)
                    .hasMessage("registry");
        }
        assertThat(interrupted).isTrue();
    }

    @Test
    void aChildThatTakesTooLongEndsWithTheScope() {
        TaskScope scope = new TaskScope("test");
        scope.fork(TaskScopeTest::waitForEver);
        assertThatThrownBy(() -> scope.join(Duration.ofMillis(20)))
                .isInstanceOf(CarafeException.Deadline.class)
                .hasMessageContaining("test did not end");
        scope.close();
    }

    private static long waitForEver() throws InterruptedException {
        new CountDownLatch(1).await();
        return 0;
    }
}
