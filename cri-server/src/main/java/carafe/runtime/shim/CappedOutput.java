package carafe.runtime.shim;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps an exec's output up to a cap; what comes beyond is drained and thrown away. The holder
 * closes it when the bytes have been sent. Used by one thread.
 */
public final class CappedOutput implements OutputSink, AutoCloseable {
    /** What every exec may keep whatever the others use. */
    static final int GUARANTEED_BYTES = 64 << 10;

    private final OutputBudget budget;
    private final long maxBytes;
    private final List<byte[]> stdout = new ArrayList<>();
    private final List<byte[]> stderr = new ArrayList<>();
    private long kept;
    private long borrowed;
    private boolean truncated;

    /**
     * @param maxBytes for both streams together
     */
    public CappedOutput(OutputBudget budget, long maxBytes) {
        this.budget = budget;
        this.maxBytes = maxBytes;
    }

    @Override
    public void output(Stream stream, byte[] bytes) {
        if (truncated) {
            return;
        }
        int room = room(bytes.length);
        byte[] part = room == bytes.length ? bytes : java.util.Arrays.copyOf(bytes, room);
        truncated = room < bytes.length;
        kept += room;
        switch (stream) {
            case STDOUT -> stdout.add(part);
            case STDERR -> stderr.add(part);
        }
    }

    private int room(int wanted) {
        long within = Math.min(wanted, maxBytes - kept);
        long fromBudget = kept + within - Math.max(GUARANTEED_BYTES, kept);
        if (fromBudget <= 0) {
            return (int) within;
        }
        if (budget.take(fromBudget)) {
            borrowed += fromBudget;
            return (int) within;
        }
        return (int) (within - fromBudget);
    }

    /** What was kept of standard output. */
    public byte[] stdout() {
        return join(stdout);
    }

    /** What was kept of standard error. */
    public byte[] stderr() {
        return join(stderr);
    }

    /** Whether there was more than could be kept. */
    public boolean truncated() {
        return truncated;
    }

    private static byte[] join(List<byte[]> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        ByteArrayOutputStream all =
                new ByteArrayOutputStream(parts.stream().mapToInt(p -> p.length).sum());
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }

    @Override
    public void close() {
        budget.giveBack(borrowed);
        borrowed = 0;
    }
}
