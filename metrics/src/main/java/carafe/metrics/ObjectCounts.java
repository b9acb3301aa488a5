package carafe.metrics;

/** How many objects of each state there are; asked at each scrape, so answers must be quick. */
public interface ObjectCounts {
    /**
     * @param state {@code ready} or {@code notready}
     */
    int sandboxes(String state);

    /**
     * @param state {@code created}, {@code running}, {@code exited} or {@code unknown}
     */
    int containers(String state);
}
