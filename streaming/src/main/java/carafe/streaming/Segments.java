package carafe.streaming;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bytes that grow without being copied again and again. Many tiny pieces cost no more than one
 * large one. Not thread-safe.
 */
final class Segments {
    private static final int FIRST = 1024;
    private static final int LARGEST = 64 * 1024;

    private final List<byte[]> full = new ArrayList<>();
    private byte[] last = new byte[0];
    private int used;
    private int size;

    void append(byte[] bytes, int from, int length) {
        int offset = from;
        int end = from + length;
        while (offset < end) {
            if (used == last.length) {
                grow();
            }
            int part = Math.min(end - offset, last.length - used);
            System.arraycopy(bytes, offset, last, used, part);
            used += part;
            offset += part;
        }
        size += length;
    }

    int size() {
        return size;
    }

    /** The bytes in order, not copied but for the last piece; nothing may be appended any more. */
    List<byte[]> pieces() {
        List<byte[]> pieces = new ArrayList<>(full);
        if (used > 0) {
            pieces.add(used == last.length ? last : Arrays.copyOf(last, used));
        }
        return pieces;
    }

    private void grow() {
        if (used > 0) {
            full.add(last);
        }
        last = new byte[Math.clamp(2L * last.length, FIRST, LARGEST)];
        used = 0;
    }
}
