package carafe.shim.sys;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ProcessStatTest {
    private static final String TAIL = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21";

    @Test
    void theStartIsField22() {
        assertThat(ProcessStat.startTicks("7 (cat)" + TAIL)).isEqualTo(4711);
    }

    @Test
    void theNameMayLookLikeTheRest() {
        assertThat(ProcessStat.startTicks("7 (a) S 1 (b c) 9)" + TAIL)).isEqualTo(4711);
    }

    @Test
    void aDamagedLineHasNoStart() {
        assertThat(ProcessStat.startTicks("")).isZero();
        assertThat(ProcessStat.startTicks("7 (cat) S 1")).isZero();
    }
}
