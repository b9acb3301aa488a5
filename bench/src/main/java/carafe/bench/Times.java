package carafe.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Durations of one kind of call, in the order of their measurement. Used by one thread. */
final class Times {
    private static final double NANOS_PER_MILLI = 1e6;

    private final String name;
    private final List<Long> nanos = new ArrayList<>();

    /** A call to be timed. */
    interface Call {
        void run() throws Exception;
    }

    Times(String name) {
        this.name = name;
    }

    /** Times one call. */
    void measure(Call call) throws Exception {
        long begin = System.nanoTime();
        call.run();
        nanos.add(System.nanoTime() - begin);
    }

    Duration median() {
        return Duration.ofNanos(at(0.5));
    }

    /** One row of the table: name, number, least, median, 90th percentile, greatest, in ms. */
    String row() {
        return String.format(
                Locale.ROOT,
                "%-42s %6d %9.2f %9.2f %9.2f %9.2f",
                name,
                nanos.size(),
                at(0) / NANOS_PER_MILLI,
                at(0.5) / NANOS_PER_MILLI,
                at(0.9) / NANOS_PER_MILLI,
                at(1) / NANOS_PER_MILLI);
    }

    static String head() {
        return String.format(
                "%-42s %6s %9s %9s %9s %9s",
                "milliseconds", "calls", "min", "median", "p90", "max");
    }

    private long at(double share) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.get((int) Math.round(share * (sorted.size() - 1)));
    }
}
