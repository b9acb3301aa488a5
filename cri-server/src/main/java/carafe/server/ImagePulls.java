package carafe.server;

import carafe.image.PullStatus;
import carafe.image.local.LocalImages;
import carafe.metrics.PullCounts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Pulls under way for the metrics, from the image service. */
record ImagePulls(LocalImages images) implements PullCounts {
    @Override
    public List<Pull> pulls() {
        return images.pulls().stream().map(ImagePulls::pull).toList();
    }

    private static Pull pull(PullStatus status) {
        Map<String, Long> layers = new LinkedHashMap<>();
        for (PullStatus.State state : PullStatus.State.values()) {
            layers.put(state.name().toLowerCase(Locale.ROOT), status.count(state));
        }
        return new Pull(
                status.names().getFirst(),
                status.bytesDone(),
                status.bytes(),
                layers,
                status.queuePosition());
    }

    @Override
    public int connections() {
        return images.connections();
    }

    @Override
    public int waiting() {
        return images.waitingTransfers();
    }
}
