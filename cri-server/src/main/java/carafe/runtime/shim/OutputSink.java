package carafe.runtime.shim;

/**
 * Takes an exec's output as it comes, on the thread that called exec. What blocks here blocks the
 * exec'd process (its pipe fills up), nothing else.
 */
public interface OutputSink {
    /** A sink for output that nobody wants. */
    OutputSink NONE = (_, _, _, _) -> {};

    /**
     * @param stream where the bytes came from; a terminal's output is all standard output
     * @param data lent until this returns
     * @param length 1 to 64 KiB, from offset on
     */
    void output(Stream stream, byte[] data, int offset, int length);

    /** Which stream bytes came from. */
    enum Stream {
        STDOUT,
        STDERR
    }
}
