package carafe.runtime.stats;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * CPU time per second out of samples that come when somebody asks. Two samples of each object are
 * kept; nothing runs between the questions. Thread-safe.
 */
final class CpuRates {
    /** Over less than this, a rate says more about the clock tick than about the load. */
    private static final long LEAST_WINDOW_NANOS = 1_000_000_000L;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Map<String, Window> windows = new HashMap<>();

    private record Sample(long atNanos, long cpuNanos) {}

    /**
     * @param base at least {@link #LEAST_WINDOW_NANOS} before {@code last}, unless that is the base
     */
    private record Window(Sample base, Sample last) {}

    /**
     * The rate since the sample before the last, so that callers who ask at the same time get about
     * the same answer.
     *
     * @param bornNanos when the object had used nothing
     * @return CPU nanoseconds per second; empty after a step of the clock or a new start
     */
    synchronized Optional<Long> rate(String id, long bornNanos, long atNanos, long cpuNanos) {
        Sample now = new Sample(atNanos, cpuNanos);
        Sample birth = new Sample(bornNanos, 0);
        Window window = windows.getOrDefault(id, new Window(birth, birth));
        if (now.atNanos() - window.last().atNanos() >= LEAST_WINDOW_NANOS) {
            window = new Window(window.last(), now);
        }
        windows.put(id, window);
        long elapsed = now.atNanos() - window.base().atNanos();
        long used = now.cpuNanos() - window.base().cpuNanos();
        if (elapsed <= 0 || used < 0) {
            windows.put(id, new Window(now, now));
            return Optional.empty();
        }
        return Optional.of((long) ((double) used / elapsed * NANOS_PER_SECOND));
    }

    /** Forgets all objects but these. */
    synchronized void retain(Set<String> ids) {
        windows.keySet().retainAll(ids);
    }

    synchronized int size() {
        return windows.size();
    }
}
