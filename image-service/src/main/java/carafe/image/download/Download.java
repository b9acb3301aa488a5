package carafe.image.download;

import carafe.base.CarafeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One blob on its way into its spool, for everybody who reads it.
 *
 * <pre>
 *   one connection, from the first byte that is missing to the end
 *        │ readers starve, the blob is long, a connection is free, the registry does ranges
 *        ▼
 *   several connections, a piece each, lowest missing piece first
 *        │ a range is answered by something else
 *        ▼
 *   one connection again
 * </pre>
 *
 * It ends when the last byte is here, with the first failure for good, or when nobody reads it any
 * more; what has come stays in the spool unless it is discarded. Thread-safe; owns its threads and
 * the spool.
 */
final class Download {
    private static final Logger LOG = LoggerFactory.getLogger(Download.class);

    private final String name;
    private final Spool spool;
    private final long size;
    private final BlobOrigin origin;
    private final Connections connections;
    private final End end;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final RunPlan plan;
    private final List<Thread> workers = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Widening widening;
    private int shares;
    private int working;
    private int connected;
    private boolean closing;
    private volatile long ready;
    private @Nullable Throwable failure;

    Download(Spool spool, Wanted wanted, Shared shared, End end) {
        this.name = wanted.name();
        this.end = end;
        this.spool = spool;
        this.size = wanted.size();
        this.origin = wanted.origin();
        this.connections = shared.connections();
        this.widening = new Widening(shared.limits().connectionsPerBlob(), System.nanoTime());
        this.ready = spool.frontier();
        this.plan = new RunPlan(spool, size);
    }

    /** What is fetched, and where from. */
    record Wanted(String name, long size, BlobOrigin origin) {}

    /** What all downloads of a node share. */
    record Shared(DownloadLimits limits, Connections connections) {}

    /**
     * Told once, on some thread and outside of any lock, when nothing touches the spool any more.
     */
    @FunctionalInterface
    interface End {
        void ended(Download download);
    }

    /** One reader's part in it; closing it twice does nothing. */
    final class Share implements AutoCloseable {
        private boolean left;

        @Override
        public void close() {
            boolean over = false;
            lock.lock();
            try {
                if (left) {
                    return;
                }
                left = true;
                shares--;
                if (shares == 0) {
                    closing = true;
                    workers.forEach(Thread::interrupt);
                    over = isOver();
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            if (over) {
                tellEnd();
            }
        }
    }

    /**
     * Takes part; null when it is ending already: wait for {@link #awaitEnd} then, and begin anew.
     */
    @Nullable Share join() {
        lock.lock();
        try {
            if (closing) {
                return null;
            }
            shares++;
            boolean first = shares == 1 && workers.isEmpty();
            if (first && ready < size) {
                addWorker();
            }
            return new Share();
        } finally {
            lock.unlock();
        }
    }

    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /**
     * @param share of this reader alone; it is closed with the stream
     */
    SpoolInput read(Share share) throws IOException {
        boolean open = false;
        try {
            SpoolInput in = new SpoolInput(this, share, spool.reader(), size);
            open = true;
            return in;
        } finally {
            if (!open) {
                share.close();
            }
        }
    }

    /** What is here is not to be used again; whoever reads it may go on. */
    void discard() {
        lock.lock();
        try {
            spool.delete();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("blob", name).setCause(e).log("Cannot delete a partial blob");
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that are here. */
    long bytes() {
        return spool.bytes();
    }

    /** How many take part now. */
    int shares() {
        lock.lock();
        try {
            return shares;
        } finally {
            lock.unlock();
        }
    }

    /** Connections it uses now. */
    int connected() {
        lock.lock();
        try {
            return connected;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a byte.
     *
     * @return how far the blob reaches without a gap
     * @throws IOException when the reader has left
     * @throws CarafeException as the transfer failed
     */
    long awaitBeyond(long position, Share share) throws IOException {
        if (ready > position) {
            return ready;
        }
        lock.lock();
        try {
            while (ready <= position) {
                if (share.left) {
                    throw new IOException("the transfer was given up");
                }
                if (failure != null) {
                    throw failed(failure);
                }
                long begin = System.nanoTime();
                changed.await();
                widening.starved(System.nanoTime() - begin);
            }
            return ready;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the transfer was given up", e);
        } finally {
            lock.unlock();
        }
    }

    private RuntimeException failed(Throwable why) throws IOException {
        return switch (why) {
            case CarafeException known -> known;
            case IOException disk -> throw disk;
            default -> new CarafeException.Internal("fetch %s: %s".formatted(name, why), why);
        };
    }

    private void addWorker() {
        Thread worker = Thread.ofPlatform().daemon().name("fetch " + name).unstarted(this::work);
        workers.add(worker);
        working++;
        worker.start();
    }

    private void work() {
        boolean counted = false;
        try (Connections.Permit _ = connections.await()) {
            count(1);
            counted = true;
            try (Transfer transfer = new Transfer(this, spool, origin)) {
                RunPlan.Run run = next();
                while (run != null) {
                    transfer.fetch(run);
                    run = next();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            fail(e);
        } finally {
            leave(counted);
        }
    }

    private void count(int difference) {
        lock.lock();
        try {
            connected += difference;
        } finally {
            lock.unlock();
        }
    }

    private void fail(Throwable why) {
        lock.lock();
        try {
            if (failure == null && !closing) {
                failure = why;
                workers.forEach(Thread::interrupt);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void leave(boolean counted) {
        boolean over;
        lock.lock();
        try {
            connected -= counted ? 1 : 0;
            working--;
            over = isOver();
        } finally {
            lock.unlock();
        }
        if (over) {
            tellEnd();
        }
    }

    private boolean isOver() {
        return closing && working == 0;
    }

    private void tellEnd() {
        try {
            spool.close();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("blob", name).setCause(e).log("Cannot close a partial blob");
        }
        end.ended(this);
        ended.countDown();
    }

    private RunPlan.@Nullable Run next() {
        lock.lock();
        try {
            if (closing || failure != null || ready == size) {
                return null;
            }
            return plan.next(ready, working > 1);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Bytes of a run are in the file.
     *
     * @return whether the run goes on: one over a single connection ends where others begin
     */
    boolean arrived(RunPlan.Run run, long position, int count) throws IOException {
        lock.lock();
        try {
            spool.note(position, count);
            widening.came(count);
            long reached = spool.frontier();
            if (reached != ready) {
                ready = reached;
                changed.signalAll();
            }
            long at = position + count;
            if (widening.isDue(working, System.nanoTime()) && mayWiden(at)) {
                plan.share(run, at);
                addWorker();
            }
            return plan.goesOn(run, at);
        } finally {
            lock.unlock();
        }
    }

    private boolean mayWiden(long at) {
        return plan.isWorthSharing(at) && origin.mayRange() && connections.hasSpare();
    }

    /** A request for a part was answered by something else. */
    void refused(RunPlan.Run run) {
        lock.lock();
        try {
            plan.refused(run);
        } finally {
            lock.unlock();
        }
    }
}
