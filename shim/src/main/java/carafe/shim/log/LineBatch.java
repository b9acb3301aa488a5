package carafe.shim.log;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Memory;

/**
 * Whole log lines waiting to be written together. Owns its memory for the life of the process. Not
 * thread-safe.
 */
public final class LineBatch {
    private static final int MIN_BYTES = 64 << 10;

    private final Buffer buffer;
    private int used;

    /**
     * @param longestText most bytes of one line's text; a batch always has room for one such line
     */
    public LineBatch(Memory memory, int longestText) {
        buffer = memory.allocate(Math.max(MIN_BYTES, LineFramer.PREFIX_BYTES + longestText + 1));
    }

    /** The lines, from offset 0 on. */
    public Buffer buffer() {
        return buffer;
    }

    /** Bytes of the lines, the last of which is a newline. */
    public int used() {
        return used;
    }

    public void clear() {
        used = 0;
    }

    /** Gives memory back for as long as there are no lines. */
    public void discard() {
        if (used == 0) {
            buffer.discard();
        }
    }

    boolean hasRoomForText(int bytes) {
        return LineFramer.PREFIX_BYTES + bytes + 1 <= buffer.size() - used;
    }

    void append(Buffer from, int offset, int length) {
        buffer.put(used, from, offset, length);
        used += length;
    }

    void append(byte value) {
        buffer.put(used++, value);
    }
}
