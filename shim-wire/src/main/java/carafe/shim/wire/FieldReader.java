package carafe.shim.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the fields of one frame; every read is checked against what is left of it. */
final class FieldReader {
    private static final byte[][] NO_LIST = {};

    private final byte[] buffer;
    private final int end;
    private int position;
    private String type = "frame";

    FieldReader(byte[] buffer, int offset, int length) {
        this.buffer = buffer;
        this.position = offset;
        this.end = offset + length;
    }

    /** Names the message in errors from here on. */
    void nowReading(String messageType) {
        type = messageType;
    }

    int u8(String field) throws WireException {
        need(field, 1);
        return buffer[position++] & 0xff;
    }

    int u32(String field) throws WireException {
        need(field, 4);
        int value =
                ((buffer[position] & 0xff) << 24)
                        | ((buffer[position + 1] & 0xff) << 16)
                        | ((buffer[position + 2] & 0xff) << 8)
                        | (buffer[position + 3] & 0xff);
        position += 4;
        return value;
    }

    long u64(String field) throws WireException {
        need(field, 8);
        long high = u32(field);
        return (high << 32) | (u32(field) & 0xffffffffL);
    }

    /** A number from 0 to 2³¹−1. */
    int count(String field) throws WireException {
        return ranged(field, 0, Integer.MAX_VALUE);
    }

    int ranged(String field, int min, int max) throws WireException {
        int value = u32(field);
        if (value < min || value > max) {
            throw new WireException(
                    type + ": " + field + " is " + value + ", must be " + min + " to " + max);
        }
        return value;
    }

    long nonNegative(String field) throws WireException {
        long value = u64(field);
        if (value < 0) {
            throw new WireException(
                    type + ": " + field + " is " + value + ", must not be negative");
        }
        return value;
    }

    boolean flag(String field) throws WireException {
        int value = u8(field);
        if (value > 1) {
            throw new WireException(type + ": " + field + " is " + value + ", must be 0 or 1");
        }
        return value == 1;
    }

    byte[] bytes(String field, int max) throws WireException {
        int length = ranged(field, 0, max);
        need(field, length);
        byte[] value = Arrays.copyOfRange(buffer, position, position + length);
        position += length;
        return value;
    }

    /** Bytes that become a C string, so none of them is 0. */
    byte[] cString(String field) throws WireException {
        byte[] value = bytes(field, Frames.MAX_BODY_BYTES);
        checkNoNul(type, field, value);
        return value;
    }

    byte[][] cStrings(String field) throws WireException {
        int count = count(field);
        // Each entry takes four bytes at least; a count that cannot be there allocates nothing.
        if (count > (end - position) / 4) {
            throw cut(field, 4L * count);
        }
        if (count == 0) {
            return NO_LIST;
        }
        byte[][] values = new byte[count][];
        for (int i = 0; i < count; i++) {
            values[i] = cString(field);
        }
        return values;
    }

    String text(String field) throws WireException {
        byte[] utf8 = bytes(field, Frames.MAX_TEXT_BYTES);
        if (!Utf8Text.isValid(utf8)) {
            throw new WireException(type + ": " + field + " is not UTF-8");
        }
        return new String(utf8, StandardCharsets.UTF_8);
    }

    WireException unknown(String field, int value) {
        return new WireException(type + ": " + field + " " + value + " is unknown");
    }

    void end() throws WireException {
        if (position != end) {
            throw new WireException(type + ": " + (end - position) + " bytes too many");
        }
    }

    static void checkNoNul(String type, String field, byte[] value) throws WireException {
        for (byte b : value) {
            if (b == 0) {
                throw new WireException(type + ": " + field + " contains a NUL byte");
            }
        }
    }

    private void need(String field, int bytes) throws WireException {
        if (bytes > end - position) {
            throw cut(field, bytes);
        }
    }

    private WireException cut(String field, long bytes) {
        return new WireException(
                type
                        + ": "
                        + field
                        + " needs "
                        + bytes
                        + " bytes, the frame has "
                        + (end - position)
                        + " left");
    }
}
