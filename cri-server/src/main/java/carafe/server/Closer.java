package carafe.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what was opened, newest first, each exactly once, whatever the others throw. What is added
 * after that is closed at once. Thread-safe.
 */
final class Closer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Closer.class);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private boolean closed;

    /** Takes over the closing of a thing, and gives it back for use. */
    synchronized <T extends AutoCloseable> T add(T thing) {
        open.push(thing);
        if (closed) {
            close();
        }
        return thing;
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!open.isEmpty()) {
            close(open.pop());
        }
    }

    private static void close(AutoCloseable thing) {
        try {
            thing.close();
        } catch (Exception e) { // one failure must not keep the others open
            LOG.atWarn()
                    .addKeyValue("thing", thing)
                    .setCause(e)
                    .log("Closing failed, the rest is closed all the same");
        }
    }
}
