package carafe.shim.json;

import java.util.Arrays;

/**
 * The parsed form: for every value its type, where its text starts and ends, and for a container
 * the node after its last descendant and its number of children. A name is a node in front of its
 * value.
 */
final class Tape {
    static final int OBJECT = 1;
    static final int ARRAY = 2;
    static final int STRING = 3;
    static final int ESCAPED_STRING = 4;
    static final int NUMBER = 5;
    static final int TRUE = 6;
    static final int FALSE = 7;
    static final int NULL = 8;

    private static final int FIELDS = 3;
    private static final int TYPE_BITS = 4;
    private static final int NONE = -1;
    private static final int MAX_NODES = 1 << 18;
    private static final int SHOWN_NAME = 64;

    /** (2⁶⁴−1) / 10; the last digit may then be 5. */
    private static final long MAX_TENTH = 1_844_674_407_370_955_161L;

    private final byte[] text;
    private int[] fields = new int[64 * FIELDS];
    private int nodes;

    Tape(byte[] text) {
        this.text = text;
    }

    /** For a scalar: a and b are start and end of its text, without quotes. */
    int add(int type, int a, int b) throws JsonException {
        if (nodes == MAX_NODES) {
            throw new JsonException("JSON at byte " + a + ": more than " + MAX_NODES + " values");
        }
        if ((nodes + 1) * FIELDS > fields.length) {
            fields = Arrays.copyOf(fields, 2 * fields.length);
        }
        int at = nodes * FIELDS;
        fields[at] = type;
        fields[at + 1] = a;
        fields[at + 2] = b;
        return nodes++;
    }

    void close(int container, int children) {
        int at = container * FIELDS;
        fields[at] |= children << TYPE_BITS;
        fields[at + 2] = nodes;
    }

    int type(int node) {
        return fields[node * FIELDS] & ((1 << TYPE_BITS) - 1);
    }

    int count(int container) {
        return fields[container * FIELDS] >>> TYPE_BITS;
    }

    private int start(int node) {
        return fields[node * FIELDS + 1];
    }

    private int end(int node) {
        return fields[node * FIELDS + 2];
    }

    /** The node after this one and all below it. */
    int after(int node) {
        int type = type(node);
        return type == OBJECT || type == ARRAY ? end(node) : node + 1;
    }

    int firstChild(int container) {
        return count(container) == 0 ? NONE : container + 1;
    }

    int nextPair(int key, int object) {
        int next = after(key + 1);
        return next < end(object) ? next : NONE;
    }

    /** Whether an object's name is this ASCII text. */
    boolean nameIs(int key, String name) {
        boolean plain = type(key) == STRING;
        byte[] bytes = plain ? text : stringBytes(key);
        int from = plain ? start(key) : 0;
        int length = plain ? end(key) - from : bytes.length;
        if (length != name.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[from + i] != (byte) name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    byte[] stringBytes(int node) {
        byte[] raw = Arrays.copyOfRange(text, start(node), end(node));
        return type(node) == ESCAPED_STRING ? Escapes.resolve(raw) : raw;
    }

    long integer(int node, String path) throws JsonException {
        boolean negative = text[start(node)] == '-';
        // Counted downwards, because -2^63 has no positive counterpart.
        long value = 0;
        for (int i = start(node) + (negative ? 1 : 0); i < end(node); i++) {
            int digit = digit(i, node, path);
            if (value < (Long.MIN_VALUE + digit) / 10) {
                throw tooLarge(node, path);
            }
            value = value * 10 - digit;
        }
        if (negative) {
            return value;
        }
        if (value == Long.MIN_VALUE) {
            throw tooLarge(node, path);
        }
        return -value;
    }

    long unsigned(int node, String path) throws JsonException {
        long value = 0;
        for (int i = start(node); i < end(node); i++) {
            int digit = digit(i, node, path);
            boolean overflows =
                    Long.compareUnsigned(value, MAX_TENTH) > 0 || (value == MAX_TENTH && digit > 5);
            if (overflows) {
                throw tooLarge(node, path);
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private int digit(int at, int node, String path) throws JsonException {
        int digit = text[at] - '0';
        if (digit < 0 || digit > 9) {
            throw new JsonException(path + " is " + shown(node) + ", must be a whole number");
        }
        return digit;
    }

    private JsonException tooLarge(int node, String path) {
        return new JsonException(path + " is " + shown(node) + ", which does not fit into 64 bits");
    }

    private String shown(int node) {
        char[] shown = new char[Math.min(40, end(node) - start(node))];
        for (int i = 0; i < shown.length; i++) {
            shown[i] = (char) text[start(node) + i];
        }
        return new String(shown);
    }

    /** Walks down from the root; only messages need it. */
    String path(int target) {
        StringBuilder path = new StringBuilder();
        int container = 0;
        while (container != target) {
            boolean object = type(container) == OBJECT;
            int child = container + 1;
            int index = 0;
            int value = object ? child + 1 : child;
            while (after(value) <= target) {
                child = after(value);
                value = object ? child + 1 : child;
                index++;
            }
            if (object) {
                path.append(path.isEmpty() ? "" : ".");
                appendName(path, child);
            } else {
                path.append('[').append(index).append(']');
            }
            container = value;
        }
        return path.toString();
    }

    private void appendName(StringBuilder path, int key) {
        byte[] name = stringBytes(key);
        for (int i = 0; i < Math.min(name.length, SHOWN_NAME); i++) {
            byte b = name[i];
            path.append(b >= ' ' && b < 0x7f ? (char) b : '?');
        }
    }
}
