package carafe.bench;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.bench.table.Paired;
import carafe.bench.table.Row;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose turn it is, and whose figure it was. */
final class DuelTest {
    @Test
    void theFirstTurnChangesAndFiguresStayWithTheirOwners() throws Exception {
        List<String> turns = new ArrayList<>();
        List<Paired> pairs =
                Duel.fight(
                        2,
                        1,
                        2,
                        () -> {
                            turns.add("ours");
                            return new double[] {1, 10};
                        },
                        () -> {
                            turns.add("theirs");
                            return new double[] {4, 20};
                        });

        assertThat(turns).containsExactly("ours", "theirs", "ours", "theirs", "theirs", "ours");
        Row first = pairs.get(0).row("n", "s", "ms", "containerd");
        assertThat(first.carafe()).isEqualTo(1);
        assertThat(first.peer()).isEqualTo(4);
        assertThat(first.samples()).isEqualTo(2);
        assertThat(pairs.get(1).row("n", "s", "ms", "containerd").ratio()).isEqualTo(0.5);
    }
}
