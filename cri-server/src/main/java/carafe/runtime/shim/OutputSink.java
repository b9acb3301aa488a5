package carafe.runtime.shim;

/**
 * Takes an exec's output as it comes, on the thread that called exec. What blocks here blocks the
 * exec'd process (its pipe fills up), nothing else.
 */
public interface OutputSink {
    /** A sink for output that nobody wants. */
    OutputSink NONE = (_, _) -> {};

    /**
     * @param stream where the bytes came from; a terminal's output is all standard output
     * @param bytes 1 to 64 KiB, the sink's own from now on
     */
    void output(Stream stream, byte[] bytes);

    /** Which stream bytes came from. */
    enum Stream {
        STDOUT,
        STDERR
    }
}
