package carafe.image.download;

import java.time.Duration;

/**
 * What downloads may cost, over all pulls.
 *
 * @param connections to registries at a time, for blobs
 * @param connectionsPerBlob where one is not fast enough, 1 for never more
 * @param bytesInFlight received or on the way, and not written yet
 * @param pieceBytes asked for at once where a blob comes over several connections
 * @param keepPartial how long what was not finished is kept for the next try
 * @param freeBytesFloor what must stay free on the disk
 */
public record DownloadLimits(
        int connections,
        int connectionsPerBlob,
        long bytesInFlight,
        int pieceBytes,
        Duration keepPartial,
        long freeBytesFloor) {
    /** What one connection may have in flight; {@link #bytesInFlight} is counted in these. */
    public static final int BYTES_PER_CONNECTION = 1 << 20;

    public DownloadLimits {
        boolean good =
                connections >= 1
                        && connectionsPerBlob >= 1
                        && bytesInFlight >= BYTES_PER_CONNECTION
                        && pieceBytes >= 1
                        && !keepPartial.isNegative()
                        && freeBytesFloor >= 0;
        if (!good) {
            throw new IllegalArgumentException("download limits must be positive");
        }
    }

    /** 16 connections, 4 per blob, 16 MiB in flight, pieces of 8 MiB, kept for a day. */
    public static DownloadLimits standard() {
        return new DownloadLimits(16, 4, 16L << 20, 8 << 20, Duration.ofDays(1), 256L << 20);
    }

    /** How many connections both bounds allow. */
    int permits() {
        return (int) Math.min(connections, bytesInFlight / BYTES_PER_CONNECTION);
    }
}
