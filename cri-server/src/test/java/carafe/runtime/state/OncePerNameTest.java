package carafe.runtime.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.Caller;
import carafe.runtime.fake.FakeNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class OncePerNameTest {
    private final OncePerName names = new OncePerName("thing", _ -> true);

    @Test
    void aTakenNameNamesItsOwner() {
        String id = names.make("a", "digest", Caller.PATIENT, _ -> {});
        assertThatThrownBy(() -> names.make("a", "digest", Caller.PATIENT, _ -> {}))
                .isInstanceOf(CarafeException.Exists.class)
                .hasMessageContaining(id);
        names.release("a", id);
        assertThat(names.make("a", "digest", Caller.PATIENT, _ -> {})).isNotEqualTo(id);
    }

    @Test
    void oneOfManySucceedsAtOnce() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        FutureTask<String> first =
                start(() -> names.make("a", "digest", Caller.PATIENT, _ -> await(working)));
        FakeNode.eventually(() -> names.size() == 1);
        for (int i = 0; i < 49; i++) {
            assertThatThrownBy(() -> names.make("a", "digest", Caller.PATIENT, _ -> {}))
                    .isInstanceOf(CarafeException.Exists.class)
                    .hasMessageContaining("reserved");
        }
        working.countDown();
        assertThat(first.get()).isNotEmpty();
    }

    @Test
    void aRetryAfterADeadCallerGetsTheFinishedObject() {
        CountDownLatch working = new CountDownLatch(1);
        AtomicInteger made = new AtomicInteger();
        assertThatThrownBy(() ->
                        names.make(
                                "a",
                                "digest",
                                callerFor(Duration.ofMillis(20)),
                                _ -> {
                                    await(working);
                                    made.incrementAndGet();
                                }))
                .isInstanceOf(CarafeException.Deadline.class)
                .hasMessageContaining("still being made");
        working.countDown();
        String id = names.make("a", "digest", Caller.PATIENT, _ -> made.incrementAndGet());
        assertThat(id).isNotEmpty();
        assertThat(made).hasValue(1);
        assertThatThrownBy(() -> names.make("a", "digest", Caller.PATIENT, _ -> {}))
                .isInstanceOf(CarafeException.Exists.class);
    }

    @Test
    void aRetryWithAnotherRequestDoesNotGetIt() {
        CountDownLatch working = new CountDownLatch(1);
        assertThatThrownBy(
                        () -> names.make("a", "one", callerFor(Duration.ZERO), _ -> await(working)))
                .isInstanceOf(CarafeException.Deadline.class);
        assertThatThrownBy(() -> names.make("a", "two", Caller.PATIENT, _ -> {}))
                .isInstanceOf(CarafeException.Exists.class);
        working.countDown();
    }

    @Test
    void anAnswerThatNobodyReadIsKeptForTheRetry() {
        List<Boolean> gone = new ArrayList<>(List.of(false));
        Caller leaving = callerWho(() -> gone.getFirst());
        String id = names.make("a", "digest", leaving, _ -> gone.set(0, true));
        assertThat(names.make("a", "digest", Caller.PATIENT, _ -> {})).isEqualTo(id);
    }

    @Test
    void anAnswerThatCrossedWithItsCallersLeavingIsKeptForTheRetry() {
        List<Boolean> gone = new ArrayList<>(List.of(false));
        Caller leaving = callerWho(() -> gone.getFirst());
        String id = names.make("a", "digest", leaving, _ -> {});
        assertThatThrownBy(() -> names.make("a", "digest", Caller.PATIENT, _ -> {}))
                .isInstanceOf(CarafeException.Exists.class);
        gone.set(0, true);
        assertThat(names.make("a", "digest", Caller.PATIENT, _ -> {})).isEqualTo(id);
        assertThatThrownBy(() -> names.make("a", "digest", Caller.PATIENT, _ -> {}))
                .isInstanceOf(CarafeException.Exists.class);
    }

    @Test
    void anAnswerJustBeforeItsCallersDeadlineMayHaveBeenMissed() {
        List<Duration> left = new ArrayList<>(List.of(Duration.ofMillis(100)));
        Caller hasty = callerWho(left::getFirst, () -> false);
        String id = names.make("a", "digest", hasty, _ -> {});
        assertThatThrownBy(() -> names.make("a", "digest", Caller.PATIENT, _ -> {}))
                .as("while its time runs")
                .isInstanceOf(CarafeException.Exists.class);
        left.set(0, Duration.ZERO);
        assertThat(names.make("a", "digest", Caller.PATIENT, _ -> {})).isEqualTo(id);
    }

    @Test
    void anObjectThatIsNotFreshAnyMoreIsNotHandedOut() {
        OncePerName stale = new OncePerName("thing", _ -> false);
        stale.restore("a", "id", "digest");
        assertThatThrownBy(() -> stale.make("a", "digest", Caller.PATIENT, _ -> {}))
                .isInstanceOf(CarafeException.Exists.class);
    }

    @Test
    void failedWorkFreesTheName() {
        assertThatThrownBy(() ->
                        names.make(
                                "a",
                                "digest",
                                Caller.PATIENT,
                                _ -> {
                                    throw new CarafeException.Unavailable("no");
                                }))
                .isInstanceOf(CarafeException.Unavailable.class);
        assertThat(names.size()).isZero();
        assertThat(names.make("a", "digest", Caller.PATIENT, _ -> {})).isNotEmpty();
    }

    @Test
    void aRestoredObjectIsHandedOutOnce() {
        assertThat(names.restore("a", "older", "digest")).isTrue();
        assertThat(names.restore("a", "younger", "digest")).isFalse();
        assertThat(names.make("a", "digest", Caller.PATIENT, _ -> {})).isEqualTo("older");
        names.release("a", "younger");
        assertThat(names.size()).isEqualTo(1);
    }

    private static Caller callerWho(BooleanSupplier isGone) {
        return callerWho(() -> Duration.ofMinutes(1), isGone);
    }

    private static Caller callerWho(Supplier<Duration> remaining, BooleanSupplier isGone) {
        return new Caller() {
            @Override
            public Duration remaining() {
                return remaining.get();
            }

            @Override
            public boolean isGone() {
                return isGone.getAsBoolean();
            }
        };
    }

    private static Caller callerFor(Duration time) {
        return new Caller() {
            @Override
            public Duration remaining() {
                return time;
            }

            @Override
            public boolean isGone() {
                return false;
            }
        };
    }

    private static FutureTask<String> start(Callable<String> work) {
        FutureTask<String> task = new FutureTask<>(work);
        Thread.ofVirtual().start(task);
        return task;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
