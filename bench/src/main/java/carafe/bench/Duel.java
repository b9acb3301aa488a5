package carafe.bench;

import carafe.bench.table.Paired;
import java.util.List;
import java.util.stream.Stream;

/**
 * Two that take turns: whatever else the machine does then meets both. The one that goes first
 * changes from round to round.
 */
final class Duel {
    private Duel() {}

    /** Measures once, some quantities in a fixed order. */
    @FunctionalInterface
    interface Turn {
        double[] measure() throws Exception;
    }

    /**
     * @param quantities how many each turn measures
     * @return one for each quantity
     */
    static List<Paired> fight(int quantities, int warmUps, int rounds, Turn ours, Turn theirs)
            throws Exception {
        for (int i = 0; i < warmUps; i++) {
            ours.measure();
            theirs.measure();
        }
        List<Paired> pairs = Stream.generate(Paired::new).limit(quantities).toList();
        for (int i = 0; i < rounds; i++) {
            boolean oursFirst = i % 2 == 0;
            double[] first = (oursFirst ? ours : theirs).measure();
            double[] second = (oursFirst ? theirs : ours).measure();
            for (int j = 0; j < quantities; j++) {
                pairs.get(j)
                        .add(oursFirst ? first[j] : second[j], oursFirst ? second[j] : first[j]);
            }
        }
        return pairs;
    }
}
