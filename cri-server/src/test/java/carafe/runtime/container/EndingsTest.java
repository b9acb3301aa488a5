package carafe.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.runtime.port.Exit;
import carafe.runtime.state.ContainerState;
import carafe.runtime.state.ContainerState.Reason;
import org.junit.jupiter.api.Test;

class EndingsTest {
    @Test
    void anOutOfMemoryDeathHasItsReasonWhateverElseDied() {
        ContainerState.Exited end = Endings.of(new Exit(137, 9, true, 3, 7), 5);

        assertThat(end.reason()).isEqualTo(Reason.OOM_KILLED);
        assertThat(end.code()).isEqualTo(137);
        assertThat(end.startedAtNanos()).isEqualTo(5);
        assertThat(end.finishedAtNanos()).isEqualTo(7);
    }

    @Test
    void childrensDeathsAreAMessage() {
        ContainerState.Exited end = Endings.of(new Exit(0, 0, false, 2, 7), 5);

        assertThat(end.reason()).isEqualTo(Reason.COMPLETED);
        assertThat(end.message()).contains("killed 2 of its child processes for want of memory");
        assertThat(Endings.of(new Exit(143, 15, false, 1, 7), 5).message())
                .startsWith("ended by signal 15; ")
                .contains("want of memory");
    }

    @Test
    void withoutAnyThereIsNoMessage() {
        assertThat(Endings.of(new Exit(3, 0, false, 0, 7), 5).message()).isEmpty();
        assertThat(Endings.of(new Exit(3, 0, false, 0, 7), 5).reason()).isEqualTo(Reason.ERROR);
        assertThat(Endings.of(new Exit(137, 9, false, 0, 7), 5).message())
                .isEqualTo("ended by signal 9");
    }
}
