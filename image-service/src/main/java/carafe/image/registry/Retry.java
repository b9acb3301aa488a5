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

    /** Tries at one thing, which is named in the message when it fails for good. */
    Scope at(String what, Redactor secrets) {
        return new Scope(what, secrets, limits.tries());
    }

    /** As {@link #at}, where somebody else can be asked instead: two tries are enough. */
    Scope briefly(String what, Redactor secrets) {
        return new Scope(what, secrets, Math.min(limits.tries(), 2));
    }

    /** What is tried and where, for messages. */
    final class Scope {
        private final String what;
        private final Redactor secrets;
        private final int tries;

        private Scope(String what, Redactor secrets, int tries) {
            this.what = what;
            this.secrets = secrets;
            this.tries = tries;
        }

        /**
         * @throws CarafeException.Unavailable when it failed for good, and nothing is known but
         *     that
         */
        <T> T run(Attempt<T> attempt) {
            for (int failed = 1; ; failed++) {
                try {
                    return attempt.run();
                } catch (IOException e) {
                    refuseHopeless(e, failed);
                    waitAfter(failed, e);
                }
            }
        }

        /** Returns when the failure is worth another try. */
        void refuseHopeless(IOException failure, int failed) {
            if (failed >= tries || !isWorthIt(failure)) {
                throw unavailable(failure, failed);
            }
        }

        void waitAfter(int failed, IOException failure) {
            Retry.this.waitAfter(failed, failure);
        }

        private CarafeException unavailable(IOException failure, int failed) {
            boolean cancelled =
                    failure instanceof InterruptedIOException
                            || Thread.currentThread().isInterrupted();
            if (cancelled) {
                return new CarafeException.Deadline("%s: the pull was given up".formatted(what));
            }
            return new CarafeException.Unavailable(
                    "RegistryUnavailable: %s: %s%s"
                            .formatted(
                                    what,
                                    described(failure),
                                    failed > 1 ? " (after %d tries)".formatted(failed) : ""));
        }

        private String described(IOException failure) {
            String message = failure.getMessage() == null ? "" : failure.getMessage();
            boolean ours =
                    failure instanceof TransientException || failure instanceof OversizeException;
            String kind = ours ? "" : failure.getClass().getSimpleName() + " ";
            return kind + secrets.clean(message);
        }
    }

    /** Whether the same request may succeed when it is sent again. */
    private static boolean isWorthIt(IOException failure) {
        boolean untrusted = failure instanceof SSLException;
        boolean late = failure instanceof HttpTimeoutException;
        boolean cancelled =
                failure instanceof InterruptedIOException || Thread.currentThread().isInterrupted();
        return !(untrusted || late || cancelled || failure instanceof OversizeException);
    }

    private void waitAfter(int failed, IOException failure) {
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
}
