package carafe.streaming.api;

/**
 * One running exec or attach. One thread may receive while another one sends; close may come from
 * any and frees both. Methods throw {@link carafe.base.CarafeException} when the process, its
 * container or its shim is gone.
 */
public interface ContainerStream extends AutoCloseable {
    /** Waits for what comes next; nothing follows {@link Exited} and {@link Ended}. */
    Event receive();

    /**
     * Bytes for standard input, in order. Waits while the process does not read.
     *
     * @param bytes 1 to 64 KiB
     */
    void input(byte[] bytes);

    /** No more input will come. */
    void endInput();

    /**
     * New size of the terminal in cells; without a terminal nothing happens.
     *
     * @param columns 0 to 65535
     * @param rows 0 to 65535
     */
    void resize(int columns, int rows);

    /** Hangs up: an exec'd process that still runs is killed, an attached one goes on. */
    @Override
    void close();

    /** What comes out of a container. */
    sealed interface Event {}

    /**
     * Output.
     *
     * @param bytes 1 to 64 KiB, the receiver's own
     */
    @SuppressWarnings("ArrayRecordComponent") // moved once, never compared
    record Output(Source source, byte[] bytes) implements Event {}

    /** Which stream bytes came from. */
    enum Source {
        STDOUT,
        STDERR
    }

    /**
     * The exec'd process has ended.
     *
     * @param code 128 + signal after a signal
     */
    record Exited(int code) implements Event {}

    /** The attached process has no more output. */
    record Ended() implements Event {}
}
