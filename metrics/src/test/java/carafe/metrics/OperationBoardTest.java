package carafe.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import carafe.base.Steps;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperationBoardTest {
    private final Meters meters = new Meters(new BuildInfo("1", "a", "25"));
    private final OperationBoard board = new OperationBoard(meters);

    @AfterEach
    void close() {
        meters.close();
    }

    @Test
    void stagesAreTimedAndTheEndCountsAsSuccessOnlyWhenItSaysSo() {
        try (Steps.Running running = board.begin("pod.run", "id1")) {
            board.reached("pod.run.record");
            board.reached("container.end.shim");
            running.done();
        }
        try (Steps.Running _ = board.begin("pod.run", "id2")) {
            board.reached("pod.run.record");
        }
        assertThat(meters.scrape())
                .contains(
                        "carafe_operation_stage_seconds_count{operation=\"pod.run\",stage=\"record\"} 2",
                        "carafe_operation_stage_seconds_count{operation=\"pod.run\",stage=\"end.shim\"} 1",
                        "carafe_operation_seconds_count{operation=\"pod.run\",result=\"ok\"} 1",
                        "carafe_operation_seconds_count{operation=\"pod.run\",result=\"failed\"} 1")
                .doesNotContain("id1");
    }

    @Test
    void whatRunsIsToldWithItsLastStageAndAnInnerChangeIsNotTheOuterOne() {
        try (Steps.Running _ = board.begin("pod.remove", "p")) {
            try (Steps.Running _ = board.begin("pod.stop", "p")) {
                board.reached("pod.stop.mark");
                assertThat(board.pending())
                        .extracting(OperationBoard.Pending::after)
                        .containsExactly("mark");
            }
            board.reached("pod.remove.stop");
            assertThat(board.pending())
                    .extracting(OperationBoard.Pending::operation, OperationBoard.Pending::subject)
                    .containsExactly(tuple("pod.remove", "p"));
            assertThat(meters.scrape())
                    .contains("carafe_operations_running{operation=\"pod.remove\"} 1.0")
                    .doesNotContain("carafe_operations_stuck{");
        }
        assertThat(board.pending()).isEmpty();
        board.reached("container.exit.record");
    }
}
