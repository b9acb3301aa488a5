package carafe.image.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sends a pull's requests to one endpoint with the authorization it asks for. What was found out is
 * used for this pull's further requests to the same endpoint and forgotten with it. Thread-safe: of
 * parallel requests that are refused, one gets a new token for all.
 */
final class Authorization {
    private static final Duration LOCK_DEADLINE = Duration.ofMinutes(10);

    private final FollowRedirects sender;
    private final FetchToken tokens;
    private final Endpoint endpoint;
    private final Identity identity;
    private final ReentrantLock refreshing = new ReentrantLock();
    private volatile @Nullable String header;

    /**
     * Who asks for what.
     *
     * @param secrets learns every token that is got
     */
    record Identity(Credentials credentials, String repository, Redactor secrets) {}

    Authorization(FollowRedirects sender, FetchToken tokens, Endpoint endpoint, Identity identity) {
        this.sender = sender;
        this.tokens = tokens;
        this.endpoint = endpoint;
        this.identity = identity;
    }

    /** Sends the call; a 401 comes back only when a fresh authorization was refused too. */
    Answer send(Call call) throws IOException {
        String used = header;
        Answer answer = sender.send(authorized(call, used), endpoint.access());
        boolean refusedHere =
                answer.status() == 401 && Origin.of(answer.uri()).equals(endpoint.origin());
        if (!refusedHere) {
            return answer;
        }
        String renewed = renew(used, answer.headers().allValues("WWW-Authenticate"));
        if (renewed == null) {
            return answer;
        }
        answer.close();
        return sender.send(authorized(call, renewed), endpoint.access());
    }

    /** With the configured headers, which an authorization got by challenge replaces. */
    private Call authorized(Call call, @Nullable String header) {
        Call complete = call;
        for (Map.Entry<String, String> each : endpoint.access().headers().entrySet()) {
            complete = complete.with(each.getKey(), each.getValue());
        }
        return header == null ? complete : complete.with("Authorization", header);
    }

    private @Nullable String renew(@Nullable String used, List<String> challenges)
            throws IOException {
        lock();
        try {
            String current = header;
            boolean renewedByOther = current != null && !current.equals(used);
            if (renewedByOther) {
                return current;
            }
            String renewed = answerTo(ChallengeParser.parse(challenges), used);
            if (renewed != null) {
                header = renewed;
            }
            return renewed;
        } finally {
            refreshing.unlock();
        }
    }

    private void lock() throws IOException {
        try {
            if (!refreshing.tryLock(LOCK_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("another request does not get its token");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the request was given up");
        }
    }

    private @Nullable String answerTo(List<Challenge> challenges, @Nullable String used)
            throws IOException {
        for (Challenge challenge : challenges) {
            String answer =
                    switch (challenge.scheme()) {
                        case "bearer" -> bearer(challenge);
                        case "basic" -> basic();
                        default -> null;
                    };
            if (answer != null && !answer.equals(used)) {
                return answer;
            }
        }
        return null;
    }

    private String bearer(Challenge challenge) throws IOException {
        if (identity.credentials() instanceof Credentials.Bearer(String token)) {
            return "Bearer " + token;
        }
        String token =
                tokens.run(endpoint, challenge, identity.repository(), identity.credentials());
        identity.secrets().add(List.of(token));
        return "Bearer " + token;
    }

    private @Nullable String basic() {
        return identity.credentials() instanceof Credentials.Basic basic ? basic.header() : null;
    }
}
