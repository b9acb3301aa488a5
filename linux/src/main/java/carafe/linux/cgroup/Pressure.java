package carafe.linux.cgroup;

import java.util.Optional;

/**
 * Pressure stall information of one resource: how long processes waited for it.
 *
 * @param some time in which at least one process waited
 * @param full time in which all of them waited
 */
public record Pressure(Stall some, Stall full) {
    private static final Stall NONE = new Stall(0, 0, 0, 0);

    /**
     * @param totalNanos since the cgroup was made
     * @param avg10 percent of the last 10 s, and of the last 60 s and 300 s the other two
     */
    public record Stall(long totalNanos, double avg10, double avg60, double avg300) {}

    /** Reads a file such as {@code memory.pressure}; empty for what is none. */
    static Optional<Pressure> parse(String text) {
        Stall some = null;
        Stall full = NONE; // absent for the CPU before Linux 5.13
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length != 5) {
                return Optional.empty();
            }
            try {
                Stall stall =
                        new Stall(
                                Math.multiplyExact(Long.parseLong(value(words[4], "total")), 1000L),
                                Double.parseDouble(value(words[1], "avg10")),
                                Double.parseDouble(value(words[2], "avg60")),
                                Double.parseDouble(value(words[3], "avg300")));
                switch (words[0]) {
                    case "some" -> some = stall;
                    case "full" -> full = stall;
                    default -> {
                        return Optional.empty();
                    }
                }
            } catch (IllegalArgumentException | ArithmeticException e) {
                return Optional.empty();
            }
        }
        return some == null ? Optional.empty() : Optional.of(new Pressure(some, full));
    }

    private static String value(String word, String name) {
        if (!word.startsWith(name + "=")) {
            throw new IllegalArgumentException(word);
        }
        return word.substring(name.length() + 1);
    }
}
