package carafe.shim.child;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.Memory;

/**
 * Writable mappings of this process but its stack: what a process that only waits can do without.
 */
final class OwnMemory {
    private static final int PAIR = 16;
    private static final int MOST = 128;

    private OwnMemory() {}

    /**
     * Reads /proc/self/maps.
     *
     * @return pairs of address and length, ended by a length of 0
     */
    static Buffer find(String maps, Memory memory) {
        Buffer ranges = memory.allocate(PAIR * MOST * 2);
        int count = 0;
        int start = 0;
        while (start < maps.length() && count < MOST) {
            int newline = maps.indexOf('\n', start);
            int end = newline < 0 ? maps.length() : newline;
            String line = maps.substring(start, end);
            int dash = line.indexOf('-');
            int space = line.indexOf(' ');
            if (dash > 0
                    && space > dash
                    && line.startsWith("rw-p", space + 1)
                    && !line.endsWith("[stack]")) {
                long from = hex(line, 0, dash);
                ranges.putLong(PAIR * count, from);
                ranges.putLong(PAIR * count + 8, hex(line, dash + 1, space) - from);
                count++;
            }
            start = end + 1;
        }
        return ranges;
    }

    private static long hex(String text, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = (value << 4) | Character.digit(text.charAt(i), 16);
        }
        return value;
    }
}
