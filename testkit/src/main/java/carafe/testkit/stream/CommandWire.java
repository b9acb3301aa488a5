package carafe.testkit.stream;

import java.io.IOException;

/**
 * The streams of an exec or attach without a terminal as plain bytes, for large amounts: one thread
 * may send while another one receives.
 */
public interface CommandWire extends AutoCloseable {
    /** Bytes for standard input. */
    void send(byte[] bytes, int offset, int length) throws IOException;

    /** There is no more input. */
    void endInput() throws IOException;

    /**
     * Reads standard output to its end, and then how it ended.
     *
     * @return what the error stream said
     */
    String receive(Sink output) throws IOException;

    /** Hangs up so that the server gets a reset. */
    void abort() throws IOException;

    @Override
    void close() throws IOException;

    /** Takes bytes that are valid during the call. */
    @FunctionalInterface
    interface Sink {
        void take(byte[] bytes, int offset, int length) throws IOException;
    }
}
