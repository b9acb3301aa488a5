package carafe.probe;

/**
 * Fills the heap with small objects of which every other one is dead, and collects, over and over:
 * more free chunks than any program of ours makes, which is what the collector must survive.
 */
final class Churn {
    private static final int ROUNDS = 200;
    private static final int OBJECTS = 20_000;

    /** 0 when every object that was kept is still what it was. */
    int run() {
        for (int round = 0; round < ROUNDS; round++) {
            int[][] kept = new int[OBJECTS][];
            for (int i = 0; i < OBJECTS; i++) {
                int[] made = {round + i};
                if (i % 2 == 0) {
                    kept[i] = made;
                }
            }
            for (int i = 0; i < OBJECTS; i += 2) {
                if (kept[i][0] != round + i) {
                    return 1;
                }
            }
        }
        return 0;
    }
}
