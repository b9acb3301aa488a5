package carafe.shim.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Appends the fields of one frame; the array grows up to the longest frame. */
final class FieldWriter {
    private final String type;
    private byte[] frame;
    private int size;

    FieldWriter(String type, int number, int expectedFieldBytes) throws WireException {
        this.type = type;
        this.frame = new byte[Frames.PREFIX_BYTES + Frames.HEAD_BYTES];
        reserve(Frames.PREFIX_BYTES + Frames.HEAD_BYTES + expectedFieldBytes);
        size = Frames.PREFIX_BYTES;
        u8(Frames.VERSION);
        u8(number);
    }

    void u8(int value) throws WireException {
        reserve(1);
        frame[size++] = (byte) value;
    }

    void u32(int value) throws WireException {
        reserve(4);
        putInt(size, value);
        size += 4;
    }

    void u64(long value) throws WireException {
        u32((int) (value >>> 32));
        u32((int) value);
    }

    void bytes(byte[] value) throws WireException {
        u32(value.length);
        reserve(value.length);
        System.arraycopy(value, 0, frame, size, value.length);
        size += value.length;
    }

    void list(byte[][] values) throws WireException {
        u32(values.length);
        for (byte[] value : values) {
            bytes(value);
        }
    }

    /** Cut at {@link Frames#MAX_TEXT_BYTES}, between two characters. */
    void text(String value) throws WireException {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        int length = utf8.length;
        if (length > Frames.MAX_TEXT_BYTES) {
            length = Frames.MAX_TEXT_BYTES;
            while (length > 0 && (utf8[length] & 0xc0) == 0x80) {
                length--;
            }
            utf8 = Arrays.copyOf(utf8, length);
        }
        bytes(utf8);
    }

    byte[] toFrame() {
        putInt(0, size - Frames.PREFIX_BYTES);
        return size == frame.length ? frame : Arrays.copyOf(frame, size);
    }

    private void putInt(int at, int value) {
        frame[at] = (byte) (value >>> 24);
        frame[at + 1] = (byte) (value >>> 16);
        frame[at + 2] = (byte) (value >>> 8);
        frame[at + 3] = (byte) value;
    }

    private void reserve(int bytes) throws WireException {
        if (bytes > Frames.MAX_FRAME_BYTES - size) {
            throw new WireException(
                    type + ": does not fit into a frame of " + Frames.MAX_FRAME_BYTES + " bytes");
        }
        if (size + bytes > frame.length) {
            int doubled = Math.min(2 * frame.length, Frames.MAX_FRAME_BYTES);
            frame = Arrays.copyOf(frame, Math.max(doubled, size + bytes));
        }
    }
}
