package carafe.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CappedOutputTest {
    private static final int GUARANTEED = CappedOutput.GUARANTEED_BYTES;

    @Test
    void bothStreamsShareTheCap() {
        CappedOutput output = new CappedOutput(new OutputBudget(0), 10);
        output.output(OutputSink.Stream.STDOUT, new byte[7]);
        output.output(OutputSink.Stream.STDERR, new byte[7]);
        output.output(OutputSink.Stream.STDOUT, new byte[7]);
        assertThat(output.stdout()).hasSize(7);
        assertThat(output.stderr()).hasSize(3);
        assertThat(output.truncated()).isTrue();
    }

    @Test
    void whatFitsExactlyIsNotTruncated() {
        CappedOutput output = new CappedOutput(new OutputBudget(0), 10);
        output.output(OutputSink.Stream.STDOUT, new byte[10]);
        assertThat(output.truncated()).isFalse();
        output.output(OutputSink.Stream.STDOUT, new byte[1]);
        assertThat(output.truncated()).isTrue();
    }

    @Test
    void theGuaranteeNeedsNoBudget() {
        CappedOutput output = new CappedOutput(new OutputBudget(0), 1 << 20);
        output.output(OutputSink.Stream.STDOUT, new byte[GUARANTEED]);
        assertThat(output.truncated()).isFalse();
        output.output(OutputSink.Stream.STDOUT, new byte[1]);
        assertThat(output.truncated()).isTrue();
        assertThat(output.stdout()).hasSize(GUARANTEED);
    }

    @Test
    void whatIsBorrowedComesBack() {
        OutputBudget budget = new OutputBudget(100);
        CappedOutput first = new CappedOutput(budget, 1 << 20);
        CappedOutput second = new CappedOutput(budget, 1 << 20);
        first.output(OutputSink.Stream.STDOUT, new byte[GUARANTEED - 10]);
        first.output(OutputSink.Stream.STDOUT, new byte[110]);
        assertThat(first.truncated()).isFalse();
        assertThat(budget.left()).isZero();
        second.output(OutputSink.Stream.STDERR, new byte[GUARANTEED + 1]);
        assertThat(second.truncated()).isTrue();
        assertThat(second.stderr()).hasSize(GUARANTEED);
        first.close();
        first.close();
        second.close();
        assertThat(budget.left()).isEqualTo(100);
    }
}
