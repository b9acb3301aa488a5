package carafe.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class RollbackTest {
    private final List<String> undone = new ArrayList<>();

    @Test
    void undoesNewestFirstWhenNotCommitted() {
        try (Rollback undo = new Rollback("test")) {
            undo.add("first", () -> undone.add("first"));
            undo.add("second", () -> undone.add("second"));
        }
        assertThat(undone).containsExactly("second", "first");
    }

    @Test
    void undoesNothingOnceCommitted() {
        try (Rollback undo = new Rollback("test")) {
            undo.add("first", () -> undone.add("first"));
            undo.commit();
        }
        assertThat(undone).isEmpty();
    }

    @Test
    void aFailingUndoIsReportedAndDoesNotStopTheRest() {
        Rollback undo = new Rollback("test");
        undo.add("first", () -> undone.add("first"));
        undo.add(
                "broken",
                () -> {
                    throw new IOException("disk");
                });
        undo.close();
        assertThat(undone).containsExactly("first");
        assertThat(undo.leftovers()).containsExactly("broken");
    }

    @Test
    void anUndoThatHangsIsLeftBehindAtItsDeadline() {
        CountDownLatch never = new CountDownLatch(1);
        Rollback undo = new Rollback("test", Duration.ofMillis(50));
        undo.add("first", () -> undone.add("first"));
        undo.add("hangs", never::await);
        undo.close();
        assertThat(undone).containsExactly("first");
        assertThat(undo.leftovers()).containsExactly("hangs");
    }

    @Test
    void runsAlsoForAnInterruptedCaller() {
        Thread.currentThread().interrupt();
        try (Rollback undo = new Rollback("test")) {
            undo.add("first", () -> undone.add("first"));
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(undone).containsExactly("first");
    }
}
