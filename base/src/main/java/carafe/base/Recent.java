package carafe.base;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was looked up last, up to a bound; the one not asked for the longest goes. Thread-safe.
 *
 * @param <K> what it is found by
 * @param <V> what is kept
 */
public final class Recent<K, V> {
    private final Map<K, V> entries;

    /**
     * @param most entries kept, at least 1
     */
    public Recent(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("a bound of " + most + " entries");
        }
        entries =
                new LinkedHashMap<>(16, 0.75f, true) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                        return size() > most;
                    }
                };
    }

    public synchronized Optional<V> find(K key) {
        return Optional.ofNullable(entries.get(key));
    }

    public synchronized void keep(K key, V value) {
        entries.put(key, value);
    }
}
