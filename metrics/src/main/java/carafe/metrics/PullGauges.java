package carafe.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;

/**
 * Gauges of the pulls under way: a row as long as its pull, at most {@value #MOST} pulls at a time.
 * The image's name is a label here, which no other meter has: a pull's progress is of no use
 * without it, and the rows go with the pull. Refreshed by one thread at a time.
 */
final class PullGauges {
    private static final int MOST = 64;
    private static final String IMAGE = "image";

    private final PullCounts counts;
    private final MultiGauge bytes;
    private final MultiGauge layers;
    private final MultiGauge positions;

    PullGauges(MeterRegistry registry, PullCounts counts) {
        this.counts = counts;
        this.bytes =
                MultiGauge.builder("carafe.pull.bytes")
                        .description("Bytes of blobs of images being pulled: here, and in all")
                        .register(registry);
        this.layers =
                MultiGauge.builder("carafe.pull.layers")
                        .description("Layers of images being pulled, by state")
                        .register(registry);
        this.positions =
                MultiGauge.builder("carafe.pull.queue.position")
                        .description("Place in the queue of images being pulled; 0 is worked on")
                        .register(registry);
    }

    synchronized void refresh() {
        List<PullCounts.Pull> pulls = counts.pulls();
        List<MultiGauge.Row<?>> byteRows = new ArrayList<>();
        List<MultiGauge.Row<?>> layerRows = new ArrayList<>();
        List<MultiGauge.Row<?>> positionRows = new ArrayList<>();
        for (PullCounts.Pull pull : pulls.subList(0, Math.min(MOST, pulls.size()))) {
            Tags image = Tags.of(IMAGE, pull.image());
            byteRows.add(MultiGauge.Row.of(image.and("kind", "done"), pull.bytesDone()));
            byteRows.add(MultiGauge.Row.of(image.and("kind", "total"), pull.bytesTotal()));
            pull.layers()
                    .forEach((state, count) ->
                            layerRows.add(MultiGauge.Row.of(image.and("state", state), count)));
            positionRows.add(MultiGauge.Row.of(image, pull.queuePosition()));
        }
        bytes.register(byteRows, true);
        layers.register(layerRows, true);
        positions.register(positionRows, true);
    }
}
