package carafe.shim.log;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Memory;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of one stream into log lines {@code <RFC 3339> <stream> <P|F> <text>\n}.
 *
 * <p>F ends a line of the container, at its newline; P is a part of a longer one, of exactly the
 * longest text, and is written only when at least one more byte of that line is there. What follows
 * the last newline waits for its rest. When the stream ends without a newline the rest is written
 * as P: readers add a newline of their own only for F, so the container's bytes come back exactly.
 * A carriage return belongs to the text.
 *
 * <p>Allocates one buffer of the longest text when the first incomplete line comes, and nothing
 * after that. Not thread-safe.
 */
public final class LineFramer {
    /** Bytes in front of the text. */
    static final int PREFIX_BYTES = Timestamp.BYTES + " stdout F ".length();

    private static final int TAG_OFFSET = PREFIX_BYTES - 2;
    private static final byte NEWLINE = '\n';
    private static final byte FULL = 'F';
    private static final byte PARTIAL = 'P';

    private final Memory memory;
    private final int longestText;
    private final Buffer prefix;
    private @Nullable Buffer carry;
    private int carried;
    private long lines;
    private long parts;

    /** Which of the container's streams. */
    public enum Stream {
        STDOUT,
        STDERR
    }

    /**
     * @param longestText bytes of text in one log line, at least 1
     */
    public LineFramer(Memory memory, Stream stream, int longestText) {
        if (longestText < 1) {
            throw new IllegalArgumentException("longest text of " + longestText + " bytes");
        }
        this.memory = memory;
        this.longestText = longestText;
        this.prefix = memory.allocate(PREFIX_BYTES);
        String name =
                switch (stream) {
                    case STDOUT -> " stdout F ";
                    case STDERR -> " stderr F ";
                };
        for (int i = 0; i < name.length(); i++) {
            prefix.put(Timestamp.BYTES + i, (byte) name.charAt(i));
        }
    }

    /** Lines of the container that have ended. */
    public long lines() {
        return lines;
    }

    /** Parts of longer lines, and what came after the last newline. */
    public long parts() {
        return parts;
    }

    /** The time that lines get from here on; once per chunk read. */
    public void stamp(long unixNanos) {
        Timestamp.write(prefix, 0, unixNanos);
    }

    /**
     * Appends the lines in {@code in[from, to)} to the batch, as far as it has room.
     *
     * @return where to go on; less than {@code to} when the batch must be written and cleared first
     */
    public int frame(Buffer in, int from, int to, LineBatch batch) {
        int at = from;
        while (at < to) {
            // One byte more than fits tells a part from a line.
            int room = longestText - carried;
            int looked = Math.min(to - at, room + 1);
            int newline = in.indexOf(NEWLINE, at, looked);
            if (newline < 0 && looked <= room) {
                carry(in, at, looked);
                return to;
            }
            int length = newline < 0 ? room : newline - at;
            if (!batch.hasRoomForText(carried + length)) {
                return at;
            }
            line(in, at, length, newline < 0 ? PARTIAL : FULL, batch);
            at += newline < 0 ? length : length + 1;
        }
        return at;
    }

    /**
     * Appends what is left when the stream has ended.
     *
     * @return false when the batch must be written and cleared first
     */
    public boolean finish(LineBatch batch) {
        if (carried == 0) {
            return true;
        }
        if (!batch.hasRoomForText(carried)) {
            return false;
        }
        line(prefix, 0, 0, PARTIAL, batch);
        return true;
    }

    private void line(Buffer in, int offset, int length, byte tag, LineBatch batch) {
        prefix.put(TAG_OFFSET, tag);
        if (tag == FULL) {
            lines++;
        } else {
            parts++;
        }
        batch.append(prefix, 0, PREFIX_BYTES);
        if (carry != null && carried > 0) {
            batch.append(carry, 0, carried);
            carried = 0;
        }
        batch.append(in, offset, length);
        batch.append(NEWLINE);
    }

    private void carry(Buffer in, int offset, int length) {
        if (carry == null) {
            carry = memory.allocate(longestText);
        }
        carry.put(carried, in, offset, length);
        carried += length;
    }
}
