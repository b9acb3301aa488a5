package carafe.bench.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What is said of measured pairs. */
final class PairedTest {
    private static Paired pairs(double... ours) {
        Paired pairs = new Paired();
        for (double each : ours) {
            pairs.add(each, 10);
        }
        return pairs;
    }

    private static Verdict verdict(Paired pairs, double target) {
        return pairs.row("n", "s", "ms", "containerd", target).verdict();
    }

    @Test
    void aRatioFarBelowItsTargetHasReachedIt() {
        assertThat(verdict(pairs(1.0, 1.1, 0.9, 1.0, 1.05), 0.2)).isEqualTo(Verdict.REACHED);
    }

    @Test
    void aRatioFarAboveItsTargetHasMissedIt() {
        assertThat(verdict(pairs(5.0, 5.1, 4.9, 5.0, 5.05), 0.2)).isEqualTo(Verdict.MISSED);
    }

    @Test
    void aSpreadWiderThanTheMarginDecidesNothing() {
        assertThat(verdict(pairs(1.0, 1.4, 1.8, 2.2, 2.6), 0.2)).isEqualTo(Verdict.NOT_DECIDED);
    }

    @Test
    void oneLuckySampleDecidesNothing() {
        assertThat(verdict(pairs(0.1), 0.2)).isEqualTo(Verdict.NOT_DECIDED);
    }

    @Test
    void withoutATargetThereIsNoVerdict() {
        assertThat(pairs(1, 2, 3).row("n", "s", "ms", "containerd").verdict())
                .isEqualTo(Verdict.NONE);
    }

    @Test
    void oneOutlierMovesNeitherMedianNorSpread() {
        Row row = pairs(1, 1, 1, 1, 1, 1, 1, 1, 1, 1000).row("n", "s", "ms", "containerd", 0.2);

        assertThat(row.ratio()).isEqualTo(0.1);
        assertThat(row.ratioHigh()).isEqualTo(0.1);
        assertThat(row.verdict()).isEqualTo(Verdict.REACHED);
        assertThat(row.carafeP95()).isEqualTo(1000);
    }

    @Test
    void aPeerWithoutAFigureIsRefused() {
        assertThatThrownBy(() -> new Paired().add(1, 0)).hasMessageContaining("0.0");
    }
}
