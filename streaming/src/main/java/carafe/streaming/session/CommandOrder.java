package carafe.streaming.session;

import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.Streams;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * An exec or attach, as far as transports need to know.
 *
 * @param name method and id, for threads and log
 * @param streams what the client wants
 * @param patience how long the client may take nothing of what comes, before it is cut off; zero =
 *     for ever, for then it is the process that waits
 * @param opening begins the conversation with the container
 */
public record CommandOrder(
        String name, Streams streams, Duration patience, Supplier<ContainerStream> opening) {}
