package carafe.streaming;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a process wrote to stdout and stderr, up to a limit for both together and as far as the
 * node's budget goes; a first part is guaranteed whatever others take. The rest is counted and
 * dropped, and the end of the stream concerned says so. Thread-safe.
 */
public final class CappedOutput implements AutoCloseable {
    /** Room kept for the two notes about dropped output. */
    static final int NOTE_BYTES = 128;

    private final OutputBudget budget;
    private final long limit;
    private final long guaranteed;
    private final Segments stdout = new Segments();
    private final Segments stderr = new Segments();
    private long granted;
    private long droppedStdout;
    private long droppedStderr;

    /**
     * @param limit bytes of both streams together, notes included
     * @param guaranteed bytes that are not taken from the budget
     */
    public CappedOutput(OutputBudget budget, long limit, long guaranteed) {
        this.budget = budget;
        this.limit = Math.max(limit - NOTE_BYTES, 0);
        this.guaranteed = Math.min(guaranteed, this.limit);
    }

    /** Keeps a copy, as far as there is room. */
    public synchronized void stdout(byte[] data, int offset, int length) {
        int room = room(length);
        stdout.append(data, offset, room);
        droppedStdout += length - room;
    }

    /** Keeps a copy, as far as there is room. */
    public synchronized void stderr(byte[] data, int offset, int length) {
        int room = room(length);
        stderr.append(data, offset, room);
        droppedStderr += length - room;
    }

    /**
     * What was kept of stdout, in pieces that nobody changes any more, with a note at its end when
     * some was dropped.
     */
    public synchronized List<byte[]> stdout() {
        return withNote(stdout, droppedStdout);
    }

    /** As {@link #stdout()}, of stderr. */
    public synchronized List<byte[]> stderr() {
        return withNote(stderr, droppedStderr);
    }

    /** Gives the budget back; the bytes must not be used any more. */
    @Override
    public synchronized void close() {
        budget.give(granted);
        granted = 0;
    }

    /** How many of the next bytes are kept. */
    private int room(int wanted) {
        long kept = (long) stdout.size() + stderr.size();
        long wish = Math.min(wanted, limit - kept);
        long beyond = Math.max(kept + wish - Math.max(kept, guaranteed), 0);
        long given = budget.take(beyond);
        granted += given;
        return Math.toIntExact(wish - beyond + given);
    }

    private static List<byte[]> withNote(Segments kept, long dropped) {
        List<byte[]> pieces = kept.pieces();
        if (dropped > 0) {
            String note = "\n[" + dropped + " bytes of output dropped]\n";
            pieces.add(note.getBytes(StandardCharsets.UTF_8));
        }
        return pieces;
    }
}
