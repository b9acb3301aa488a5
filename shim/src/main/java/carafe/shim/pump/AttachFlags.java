package carafe.shim.pump;

/**
 * What a client takes part in, as a number between control and pump.
 *
 * @param once whether the container's input ends with this client's
 */
public record AttachFlags(boolean stdin, boolean stdout, boolean stderr, boolean once) {
    static final int STDOUT = 1;
    static final int STDERR = 2;

    static AttachFlags of(int bits) {
        return new AttachFlags((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0);
    }

    /** The number. */
    public int bits() {
        return (stdin ? 1 : 0) | (stdout ? 2 : 0) | (stderr ? 4 : 0) | (once ? 8 : 0);
    }

    /**
     * @param stream its number on the wire
     */
    boolean wants(int stream) {
        return stream == STDOUT ? stdout : stderr;
    }
}
