package carafe.runtime.shim;

import carafe.base.CarafeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices the end of one container, once.
 *
 * <p>Two pidfds in the daemon's one epoll set, on init and on control; nothing in the shim, and no
 * thread. A waiting connection per container would cost a socket at either end, a parked virtual
 * thread and a place in the shim's heap. When init ends, the shim is asked for the record in one
 * short conversation, since control may live on for output that somebody still reads; when control
 * ends, the disk is.
 */
final class ExitWatch implements Watch {
    private static final Logger LOG = LoggerFactory.getLogger(ExitWatch.class);

    /** The record is there within 2 s of the end; a shim that takes longer is asked again. */
    private static final Duration ASK = Duration.ofSeconds(10);

    private final ShimContainer container;
    private final Consumer<ExitRecord> listener;
    private final List<Watch> watches = new ArrayList<>();
    private boolean over;

    private ExitWatch(ShimContainer container, Consumer<ExitRecord> listener) {
        this.container = container;
        this.listener = listener;
    }

    static ExitWatch start(
            ShimContainer container, ShimProcesses processes, Consumer<ExitRecord> listener) {
        ExitWatch watch = new ExitWatch(container, listener);
        try {
            watch.add(processes.onExit(container.control(), watch::controlEnded));
            watch.add(processes.onExit(container.init(), watch::initEnded));
            return watch;
        } catch (RuntimeException e) {
            watch.close();
            throw e;
        }
    }

    /** A callback may have ended everything before its own registration comes back. */
    private void add(Watch watch) {
        synchronized (this) {
            if (!over) {
                watches.add(watch);
                return;
            }
        }
        watch.close();
    }

    private void controlEnded() {
        tell(container.finalRecord());
    }

    private void initEnded() {
        while (!isOver()) {
            try {
                tell(container.awaitExit(ASK));
            } catch (CarafeException.Deadline e) {
                LOG.atWarn()
                        .addKeyValue("container", container.bundle().getFileName())
                        .log("The container has ended, its shim does not say how; asking again");
            } catch (CarafeException e) {
                LOG.atError()
                        .addKeyValue("container", container.bundle().getFileName())
                        .setCause(e)
                        .log("The shim cannot be asked how its container ended");
                return;
            }
        }
    }

    private void tell(ExitRecord exit) {
        if (end()) {
            listener.accept(exit);
        }
    }

    private synchronized boolean isOver() {
        return over;
    }

    /** Whether this call was the one that ended it. */
    private boolean end() {
        List<Watch> toClose;
        synchronized (this) {
            if (over) {
                return false;
            }
            over = true;
            toClose = List.copyOf(watches);
            watches.clear();
        }
        toClose.forEach(Watch::close);
        return true;
    }

    @Override
    public void close() {
        boolean _ = end();
    }
}
