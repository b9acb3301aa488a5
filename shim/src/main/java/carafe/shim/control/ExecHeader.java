package carafe.shim.control;

import carafe.shim.sys.Buffer;
import carafe.shim.wire.WireException;

/**
 * What control itself needs of an Exec request, found by walking over the frame where it lies: the
 * rest is decoded by the child only, so that no argument ever enters control's heap. Field order as
 * the codec writes it; the child's decoding refuses whatever is damaged.
 *
 * @param timeoutMillis 0 = never
 */
record ExecHeader(int timeoutMillis, int drainMillis, boolean stdin, boolean terminal) {
    private static final int HEAD = 2;
    private static final int TAIL = 4 + 4 + 1 + 1;

    /**
     * @param length of the body in the buffer
     * @throws WireException when a field does not fit into the body
     */
    static ExecHeader of(Buffer body, int length) throws WireException {
        int at = skipBytes(body, HEAD, length);
        at = skipList(body, at, length);
        at = skipList(body, at, length);
        at = skipBytes(body, at, length);
        if (length - at != TAIL) {
            throw new WireException("Exec: " + (length - at) + " bytes behind cwd");
        }
        return new ExecHeader(
                nonNegative(body, at),
                nonNegative(body, at + 4),
                body.get(at + 8) == 1,
                body.get(at + 9) == 1);
    }

    private static int skipList(Buffer body, int at, int length) throws WireException {
        int count = number(body, at, length);
        int next = at + 4;
        // Every entry takes four bytes, so a count that is too large runs out of body soon.
        for (int i = 0; i < count; i++) {
            next = skipBytes(body, next, length);
        }
        return next;
    }

    private static int skipBytes(Buffer body, int at, int length) throws WireException {
        int bytes = number(body, at, length);
        if (bytes > length - at - 4) {
            throw new WireException("Exec: a field of " + bytes + " bytes");
        }
        return at + 4 + bytes;
    }

    private static int number(Buffer body, int at, int length) throws WireException {
        if (length - at < 4) {
            throw new WireException("Exec: ends at byte " + length);
        }
        return nonNegative(body, at);
    }

    private static int nonNegative(Buffer body, int at) throws WireException {
        int number = Integer.reverseBytes(body.getInt(at));
        if (number < 0) {
            throw new WireException("Exec: a negative number at byte " + at);
        }
        return number;
    }
}
