package carafe.image.unpack;

import java.util.List;
import java.util.Random;

/** Random values for property tests; a run is repeated by its seed. */
final class Gen {
    private final Random random;

    Gen(long seed) {
        random = new Random(seed);
    }

    int upTo(int bound) {
        return random.nextInt(bound);
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    <T> T of(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
