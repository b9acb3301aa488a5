package carafe.bench;

import java.io.IOException;

/**
 * A runtime that is measured, with daemon, directories and socket of its own. Whoever started it
 * closes it, and then nothing of it is left.
 */
interface Peer extends AutoCloseable {
    /** What it is called in tables. */
    String name();

    /** How it is spoken to. */
    BenchNode node();

    @Override
    void close() throws IOException;
}
