package carafe.metrics;

import java.util.List;

/**
 * Gauges of the pulls under way: a row as long as its pull, at most {@value #MOST} pulls at a time.
 * The image's name is a label here: a pull's progress is of no use without it, and the rows go with
 * the pull. Thread-safe.
 */
public final class PullGauges {
    private static final int MOST = 64;

    private final PullCounts counts;

    public PullGauges(Meters meters, PullCounts counts) {
        this.counts = counts;
        meters.read(
                List.of(Families.PULL_BYTES, Families.PULL_LAYERS, Families.PULL_POSITION),
                this::tell);
        meters.gauge(Families.DOWNLOAD_CONNECTIONS, counts::connections);
        meters.gauge(Families.DOWNLOADS_WAITING, counts::waiting);
    }

    private void tell(Rows rows) {
        List<PullCounts.Pull> pulls = counts.pulls();
        for (PullCounts.Pull pull : pulls.subList(0, Math.min(MOST, pulls.size()))) {
            rows.row(Families.PULL_BYTES, (double) pull.bytesDone(), pull.image(), "done");
            rows.row(Families.PULL_BYTES, (double) pull.bytesTotal(), pull.image(), "total");
            pull.layers()
                    .forEach((state, count) ->
                            rows.row(Families.PULL_LAYERS, (double) count, pull.image(), state));
            rows.row(Families.PULL_POSITION, pull.queuePosition(), pull.image());
        }
    }
}
