package carafe.bench;

import java.io.IOException;
import java.util.List;

/**
 * A runtime that is measured, with daemon, directories and socket of its own. Whoever started it
 * closes it, and then nothing of it is left.
 */
interface Peer extends AutoCloseable {
    /** What it is called in tables. */
    String name();

    /** How it is spoken to. */
    BenchNode node();

    /** What it and its containers have used, by the accounting of their cgroups. */
    CpuUse cpu() throws IOException;

    /** The daemon's process. */
    long daemonPid();

    /** The processes that it keeps for pods and containers: shims, and pause containers. */
    List<Long> keepers() throws IOException;

    /** Ends the daemon as an init system would; containers run on. */
    void stopDaemon() throws IOException, InterruptedException;

    /** Starts the daemon again, and does not wait for it. */
    void spawnDaemon() throws IOException;

    @Override
    void close() throws IOException;
}
