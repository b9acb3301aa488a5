package carafe.streaming;

import java.util.ArrayList;
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

    void append(byte[] bytes, int length) {
        int offset = 0;
        while (offset < length) {
            if (used == last.length) {
                grow();
            }
            int part = Math.min(length - offset, last.length - used);
            System.arraycopy(bytes, offset, last, used, part);
            used += part;
            offset += part;
        }
        size += length;
    }

    int size() {
        return size;
    }

    byte[] toByteArray() {
        byte[] whole = new byte[size];
        int offset = 0;
        for (byte[] each : full) {
            System.arraycopy(each, 0, whole, offset, each.length);
            offset += each.length;
        }
        System.arraycopy(last, 0, whole, offset, used);
        return whole;
    }

    private void grow() {
        if (used > 0) {
            full.add(last);
        }
        last = new byte[Math.clamp(2L * last.length, FIRST, LARGEST)];
        used = 0;
    }
}
