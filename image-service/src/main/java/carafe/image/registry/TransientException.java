package carafe.image.registry;

import java.io.IOException;
import java.time.Duration;

/** A registry is overloaded or broken for now, and says so itself. */
final class TransientException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Duration pause;

    /**
     * @param pause what it asks for; zero when it asks for none
     */
    TransientException(String message, Duration pause) {
        super(message);
        this.pause = pause;
    }

    Duration pause() {
        return pause;
    }
}
