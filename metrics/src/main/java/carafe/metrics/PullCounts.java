package carafe.metrics;

import java.util.List;
import java.util.Map;

/** What the gauges of pulls ask at each scrape. Thread-safe. */
public interface PullCounts {
    /**
     * One pull under way.
     *
     * @param image full name
     * @param layers how many, by state in small letters
     * @param queuePosition 0 while it is worked on
     */
    record Pull(
            String image,
            long bytesDone,
            long bytesTotal,
            Map<String, Long> layers,
            int queuePosition) {
        public Pull {
            layers = Map.copyOf(layers);
        }
    }

    /** The pulls under way, oldest first. */
    List<Pull> pulls();

    /** Connections that fetch blobs. */
    int connections();

    /** Transfers of blobs that wait for a connection. */
    int waiting();
}
