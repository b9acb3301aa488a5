package carafe.shim.log;

import java.util.Random;
import java.util.function.Consumer;

/** Random input from a seed that a failure names. */
final class Gen {
    private final Random random;

    private Gen(long seed) {
        random = new Random(seed);
    }

    /** Runs the property with seeds 1 to {@code runs}. */
    static void check(int runs, Consumer<Gen> property) {
        for (long seed = 1; seed <= runs; seed++) {
            try {
                property.accept(new Gen(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("with seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    int between(int min, int max) {
        return min + random.nextInt(max - min + 1);
    }

    /** Bytes with newlines, carriage returns and runs of anything else. */
    byte[] output(int length) {
        byte[] bytes = new byte[length];
        int newlineEvery = between(1, 60);
        for (int i = 0; i < length; i++) {
            bytes[i] =
                    switch (random.nextInt(newlineEvery + 1)) {
                        case 0 -> '\n';
                        case 1 -> '\r';
                        default -> (byte) random.nextInt(256);
                    };
        }
        return bytes;
    }
}
