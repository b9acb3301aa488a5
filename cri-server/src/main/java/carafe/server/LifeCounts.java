package carafe.server;

import carafe.base.trace.Spans;
import carafe.metrics.Count;
import carafe.metrics.Families;
import carafe.metrics.Meters;
import carafe.metrics.Timing;
import carafe.runtime.port.LifeMeter;
import carafe.runtime.port.LogTotals;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts what becomes of pods and containers. Thread-safe. */
final class LifeCounts implements LifeMeter {
    private final Count sandboxStarts;
    private final Count containerStarts;
    private final Count exits;
    private final Count oomKills;
    private final LogTally logs;
    private final Count drops;
    private final Timing execs;
    private final Map<List<String>, Integer> recovered = new ConcurrentHashMap<>();

    LifeCounts(Meters meters, LogTally logs) {
        this.sandboxStarts = meters.count(Families.SANDBOX_STARTS).begin();
        this.containerStarts = meters.count(Families.CONTAINER_STARTS).begin();
        this.exits = meters.count(Families.CONTAINER_EXITS);
        this.oomKills = meters.count(Families.OOM_KILLS).begin();
        this.logs = logs;
        this.drops = meters.count(Families.EVENT_DROPS).begin();
        this.execs = meters.timing(Families.EXEC);
        meters.read(
                List.of(Families.RECOVERED),
                rows ->
                        recovered.forEach((labels, count) ->
                                rows.row(Families.RECOVERED, count, labels.get(0), labels.get(1))));
    }

    @Override
    public void sandboxStarted() {
        sandboxStarts.add(1);
    }

    @Override
    public void containerStarted() {
        containerStarts.add(1);
    }

    @Override
    public void containerEnded(String reason, int code) {
        exits.add(1, reason, codeClass(code));
    }

    /** The classes that a shell's user knows. */
    static String codeClass(int code) {
        if (code == 0) {
            return "0";
        }
        return code < 126 ? "1-125" : code < 128 ? "126-127" : "128+";
    }

    @Override
    public void containerLost(long processes) {
        oomKills.add((double) processes);
    }

    @Override
    public void logEnded(String containerId, LogTotals log) {
        logs.ended(containerId, log);
    }

    @Override
    public void recovered(String kind, String result) {
        recovered.merge(List.of(kind, result), 1, Integer::sum);
    }

    @Override
    public void subscriberDropped() {
        drops.add(1);
    }

    @Override
    public void executed(Exec result, long nanos) {
        execs.nanos(nanos, Spans.current().trace(), result.name().toLowerCase(Locale.ROOT));
    }
}
