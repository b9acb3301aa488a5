package carafe.image.snapshot;

import java.util.List;

/**
 * What a collection run removed.
 *
 * @param removed layers or snapshots, leftovers of crashes included
 * @param failures what could not be removed and why; it is tried again in the next run
 */
public record Collected(int removed, List<String> failures) {
    public Collected {
        failures = List.copyOf(failures);
    }
}
