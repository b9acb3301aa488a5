package carafe.streaming.api;

import java.net.URI;

/** Makes the URLs that clients connect to. Thread-safe. */
@FunctionalInterface
public interface StreamUrls {
    /**
     * A URL that is good for one connection within a minute.
     *
     * @throws carafe.base.CarafeException.Exhausted when too many of them are out
     */
    URI offer(StreamOrder order);
}
