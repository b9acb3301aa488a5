package carafe.image.download;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of a blob are asked for next: all the rest over one connection, or the lowest missing
 * piece over each of several. Not thread-safe; guarded by its download's lock.
 */
final class RunPlan {
    private final Spool spool;
    private final long size;
    private final Set<Integer> taken = new HashSet<>();
    private boolean inPieces;
    private boolean piecesRefused;
    private long streamEnd;

    RunPlan(Spool spool, long size) {
        this.spool = spool;
        this.size = size;
        this.streamEnd = size;
    }

    /**
     * Bytes to fetch by one request.
     *
     * @param end exclusive
     * @param exact whether only a request for exactly these will do
     */
    record Run(long offset, long end, boolean exact) {}

    /**
     * What to fetch next, null for nothing.
     *
     * @param ready how far the blob reaches without a gap
     * @param others whether other connections are at work
     */
    @Nullable Run next(long ready, boolean others) {
        if (!inPieces || piecesRefused) {
            streamEnd = size;
            return others ? null : new Run(ready, size, false);
        }
        for (int piece = spool.pieceAt(ready); piece < spool.pieces(); piece++) {
            if (!spool.isWhole(piece) && taken.add(piece)) {
                long end = spool.pieceStart(piece) + spool.pieceSize(piece);
                return new Run(spool.reach(piece), end, true);
            }
        }
        return null;
    }

    /** Whether there is enough behind this byte for one more connection. */
    boolean isWorthSharing(long at) {
        return !piecesRefused && spool.pieceAt(at) + 2 < spool.pieces();
    }

    /**
     * Others take pieces from now on.
     *
     * @param run that has reached this byte; one over a single connection ends with its piece
     */
    void share(Run run, long at) {
        if (!run.exact()) {
            int current = spool.pieceAt(at);
            taken.add(current);
            streamEnd = spool.pieceStart(current) + spool.pieceSize(current);
            inPieces = true;
        }
    }

    /** Whether the run goes on behind this byte. */
    boolean goesOn(Run run, long at) {
        return run.exact() || at < streamEnd;
    }

    /** A request for a part was answered by something else: one connection goes on. */
    void refused(Run run) {
        piecesRefused = true;
        taken.remove(spool.pieceAt(run.offset()));
    }
}
