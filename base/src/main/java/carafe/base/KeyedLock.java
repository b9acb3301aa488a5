package carafe.base;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One lock per key, held only while somebody wants it. Different keys never wait for each other.
 * Thread-safe; reentrant per thread.
 *
 * @param <K> the key, with value semantics
 */
public final class KeyedLock<K> {
    private final ConcurrentHashMap<K, Entry> entries = new ConcurrentHashMap<>();

    /** A held lock; closing it twice does nothing. */
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for the key's lock.
     *
     * @param deadline how long to wait at most
     * @throws CarafeException.Deadline when another operation kept it for longer than that, or the
     *     thread was interrupted
     */
    public Held lock(K key, Duration deadline) {
        Entry entry =
                entries.compute(
                        key,
                        (_, old) -> {
                            Entry found = old == null ? new Entry() : old;
                            found.users++;
                            return found;
                        });
        boolean locked = false;
        try {
            locked = entry.lock.tryLock(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!locked) {
                leave(key);
            }
        }
        if (!locked) {
            throw new CarafeException.Deadline(
                    "another operation on %s has not ended within %s".formatted(key, deadline));
        }
        return new HeldEntry(key, entry);
    }

    /** How many keys are held or waited for, for leak checks. */
    public int size() {
        return entries.size();
    }

    private void leave(K key) {
        entries.computeIfPresent(key, (_, entry) -> --entry.users == 0 ? null : entry);
    }

    private static final class Entry {
        final ReentrantLock lock = new ReentrantLock();
        int users;
    }

    private final class HeldEntry implements Held {
        private final K key;
        private final Entry entry;
        private boolean open = true;

        HeldEntry(K key, Entry entry) {
            this.key = key;
            this.entry = entry;
        }

        @Override
        public void close() {
            if (open) {
                open = false;
                entry.lock.unlock();
                leave(key);
            }
        }
    }
}
