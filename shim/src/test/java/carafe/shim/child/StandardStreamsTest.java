package carafe.shim.child;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.sys.RecordingSyscalls;
import org.junit.jupiter.api.Test;

final class StandardStreamsTest {
    private final RecordingSyscalls kernel = new RecordingSyscalls();
    private final StandardStreams streams = new StandardStreams(kernel.syscalls().files());

    @Test
    void everythingButTheKeptIsClosed() throws Exception {
        streams.closeAllBut(9, -1, 5, 9);
        assertThat(kernel.calls())
                .containsExactly("closeRange[3, 4]", "closeRange[6, 8]", "closeRange[10, -1]");
    }

    @Test
    void neighboursAreKeptWithoutAnEmptyRangeBetween() throws Exception {
        streams.closeAllBut(3, 4);
        assertThat(kernel.calls()).containsExactly("closeRange[5, -1]");
    }

    @Test
    void streamsThatOverlapTheirTargetsAreMovedFirst() throws Exception {
        streams.install(new ChildIo(2, 0, 1, -1));
        assertThat(kernel.calls())
                .containsSubsequence(
                        "duplicateFrom[2, 3]",
                        "duplicateFrom[0, 3]",
                        "duplicateFrom[1, 3]",
                        "duplicateTo[3, 0, 0]",
                        "duplicateTo[4, 1, 0]",
                        "duplicateTo[5, 2, 0]");
        assertThat(kernel.open()).containsExactly(0, 1, 2);
    }
}
