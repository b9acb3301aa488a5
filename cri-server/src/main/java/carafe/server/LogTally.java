package carafe.server;

import carafe.runtime.port.LogTotals;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the logs of all containers of the node have taken while this daemon watched: sums, no ids.
 * Of containers of an earlier daemon what they log from now on. Thread-safe.
 */
final class LogTally {
    private final Map<String, LogTotals> seen = new HashMap<>();
    private LogTotals sum = LogTotals.NOTHING;
    private boolean begun;

    /** What was there at the start counts for nothing. */
    synchronized void begin(Map<String, LogTotals> found) {
        found.forEach(seen::putIfAbsent);
        begun = true;
    }

    /**
     * The sum, after a look at the logs of all running containers.
     *
     * @param running is asked while nobody can end: what has ended is never added again
     */
    synchronized LogTotals with(Supplier<Map<String, LogTotals>> running) {
        running.get().forEach(this::add);
        return sum;
    }

    /** The last word about a container, which does not run any more. */
    synchronized void ended(String id, LogTotals log) {
        if (begun) {
            add(id, log);
        }
        seen.remove(id);
    }

    private void add(String id, LogTotals now) {
        LogTotals before = seen.getOrDefault(id, LogTotals.NOTHING);
        LogTotals after =
                new LogTotals(
                        Math.max(before.lines(), now.lines()),
                        Math.max(before.parts(), now.parts()),
                        Math.max(before.writtenBytes(), now.writtenBytes()),
                        Math.max(before.lostBytes(), now.lostBytes()));
        seen.put(id, after);
        sum =
                new LogTotals(
                        sum.lines() + after.lines() - before.lines(),
                        sum.parts() + after.parts() - before.parts(),
                        sum.writtenBytes() + after.writtenBytes() - before.writtenBytes(),
                        sum.lostBytes() + after.lostBytes() - before.lostBytes());
    }
}
