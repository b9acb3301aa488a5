package carafe.config;

import java.time.Duration;

/**
 * How blobs come from registries.
 *
 * @param connectionsPerBlob 1 for never more than one
 * @param keepPartial zero for until the next start
 */
public record DownloadsSection(
        @Doc("Connections to registries that fetch blobs at once.") int connections,
        @Doc(
                        "Connections for one large blob, where one is too slow and the registry serves parts; 1 for never more.")
                int connectionsPerBlob,
        @Doc("Bytes received and not yet written; 1MiB per connection at least.")
                Bytes bytesInFlight,
        @Doc("How long a registry may send nothing before another one is asked.")
                Duration noProgress,
        @Doc("How long a part of a blob is kept for the next pull to go on with.")
                Duration keepPartial) {
    public DownloadsSection {
        if (connections < 1 || connectionsPerBlob < 1) {
            throw new IllegalArgumentException("connections must be 1 or more");
        }
        if (!noProgress.isPositive() || keepPartial.isNegative()) {
            throw new IllegalArgumentException("times must be positive");
        }
        if (bytesInFlight.count() < 1 << 20) {
            throw new IllegalArgumentException(
                    "bytes_in_flight is %s, must be 1MiB or more".formatted(bytesInFlight));
        }
    }

    static DownloadsSection usual() {
        return new DownloadsSection(
                16, 4, Bytes.ofMiB(16), Duration.ofMinutes(5), Duration.ofHours(24));
    }
}
