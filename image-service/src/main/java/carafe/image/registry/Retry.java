package carafe.image.registry;

import carafe.base.CarafeException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;

/**
 * Decides what may be tried again, when, and what to call it in the end. A timeout is not tried
 * again: it took all the time there was. Immutable.
 */
final class Retry {
    private final TransferLimits limits;
    private final Pause pause;

    Retry(TransferLimits limits, Pause pause) {
        this.limits = limits;
        this.pause = pause;
    }

    /** One try at something. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws IOException;
    }

    /**
     * @param what is tried and where, for the message
     * @throws CarafeException.Unavailable when it failed for good, and nothing is known but that
     */
    <T> T run(String what, Redactor secrets, Attempt<T> attempt) {
        for (int failed = 1; ; failed++) {
            try {
                return attempt.run();
            } catch (IOException e) {
                if (failed == limits.tries() || !isWorthIt(e)) {
                    throw unavailable(what, secrets, e, failed);
                }
                waitAfter(failed, e);
            }
        }
    }

    /** Whether the same request may succeed when it is sent again. */
    boolean isWorthIt(IOException failure) {
        boolean untrusted = failure instanceof SSLException;
        boolean late = failure instanceof HttpTimeoutException;
        boolean cancelled =
                failure instanceof InterruptedIOException || Thread.currentThread().isInterrupted();
        return !(untrusted || late || cancelled || failure instanceof OversizeException);
    }

    int tries() {
        return limits.tries();
    }

    /** Waits before the next try. */
    void waitAfter(int failed, IOException failure) {
        long backoff = limits.backoff().toMillis() << Math.min(failed - 1, 16);
        long jitter = ThreadLocalRandom.current().nextLong(backoff / 4 + 1);
        Duration wanted = Duration.ofMillis(backoff + jitter);
        if (failure instanceof TransientException told && told.pause().compareTo(wanted) > 0) {
            wanted = told.pause();
        }
        boolean tooLong = wanted.compareTo(limits.longestPause()) > 0;
        try {
            pause.pause(tooLong ? limits.longestPause() : wanted);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarafeException.Deadline("the pull was given up");
        }
    }

    static CarafeException unavailable(
            String what, Redactor secrets, IOException failure, int tries) {
        if (failure instanceof InterruptedIOException || Thread.currentThread().isInterrupted()) {
            return new CarafeException.Deadline("%s: the pull was given up".formatted(what));
        }
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        String kind =
                failure instanceof TransientException || failure instanceof OversizeException
                        ? ""
                        : failure.getClass().getSimpleName() + " ";
        return new CarafeException.Unavailable(
                "RegistryUnavailable: %s: %s%s%s"
                        .formatted(
                                what,
                                kind,
                                secrets.clean(message),
                                tries > 1 ? " (after %d tries)".formatted(tries) : ""));
    }
}
