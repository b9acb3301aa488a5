package carafe.image.registry;

import carafe.base.CarafeException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sends a pull's requests to one endpoint with the authorization it asks for. What was found out is
 * used for this pull's further requests to the same endpoint; of it only tokens outlive the pull,
 * see {@link TokenCache}. Thread-safe: of parallel requests that are refused, one gets a new token
 * for all.
 */
final class Authorization {
    private static final Duration LOCK_DEADLINE = Duration.ofMinutes(10);

    /** A kept token may be refused; the one got in its place tells whether we may enter. */
    private static final int RENEWALS = 2;

    private final FollowRedirects sender;
    private final Tokens tokens;
    private final Endpoint endpoint;
    private final Identity identity;
    private final ReentrantLock refreshing = new ReentrantLock();
    private volatile @Nullable Proof proof;

    /**
     * Who asks for what.
     *
     * @param credentials tried in this order
     * @param secrets learns every token that is got
     */
    record Identity(CredentialChoice credentials, String repository, Redactor secrets) {}

    /** Where tokens come from. */
    record Tokens(FetchToken server, TokenCache kept) {}

    /**
     * What an answer is authorized by.
     *
     * @param mayBeOld whether a newer one may be accepted where this one is refused
     */
    private record Proof(String header, boolean mayBeOld) {}

    Authorization(FollowRedirects sender, Tokens tokens, Endpoint endpoint, Identity identity) {
        this.sender = sender;
        this.tokens = tokens;
        this.endpoint = endpoint;
        this.identity = identity;
    }

    /** Sends the call; a 401 comes back only when a fresh authorization was refused too. */
    Answer send(Call call) throws IOException {
        Proof used = proof;
        Answer answer = sender.send(authorized(call, used), endpoint.access());
        for (int renewals = 0; renewals < RENEWALS && isRefusedHere(answer); renewals++) {
            boolean hopeless = renewals > 0 && used != null && !used.mayBeOld();
            Proof renewed =
                    hopeless ? null : renew(used, answer.headers().allValues("WWW-Authenticate"));
            if (renewed == null) {
                return answer;
            }
            answer.close();
            used = renewed;
            answer = sender.send(authorized(call, renewed), endpoint.access());
        }
        return answer;
    }

    private boolean isRefusedHere(Answer answer) {
        return answer.status() == 401 && Origin.of(answer.uri()).equals(endpoint.origin());
    }

    /** With the configured headers, which an authorization got by challenge replaces. */
    private Call authorized(Call call, @Nullable Proof proof) {
        Call complete = call;
        for (Map.Entry<String, String> each : endpoint.access().headers().entrySet()) {
            complete = complete.with(each.getKey(), each.getValue());
        }
        return proof == null ? complete : complete.with("Authorization", proof.header());
    }

    private @Nullable Proof renew(@Nullable Proof used, List<String> challenges)
            throws IOException {
        lock();
        try {
            Proof current = proof;
            boolean renewedByOther = current != null && !current.equals(used);
            if (renewedByOther) {
                return current;
            }
            Proof renewed = answerTo(ChallengeParser.parse(challenges), used);
            if (renewed != null) {
                proof = renewed;
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

    private @Nullable Proof answerTo(List<Challenge> challenges, @Nullable Proof used)
            throws IOException {
        String refused = used == null ? "" : used.header();
        for (Challenge challenge : challenges) {
            Proof answer =
                    switch (challenge.scheme()) {
                        case "bearer" -> bearer(challenge, refused);
                        case "basic" -> basic();
                        default -> null;
                    };
            if (answer != null && !answer.header().equals(refused)) {
                return answer;
            }
        }
        return null;
    }

    /** The first of our credentials that gets a token; the last one's refusal counts. */
    private Proof bearer(Challenge challenge, String refused) throws IOException {
        Iterator<Credentials> choices = identity.credentials().get().iterator();
        while (true) {
            Credentials credentials = choices.next();
            if (credentials instanceof Credentials.Bearer(String token)) {
                return new Proof("Bearer " + token, false);
            }
            try {
                return bearer(challenge, refused, credentials);
            } catch (CarafeException.Denied e) {
                if (!choices.hasNext()) {
                    throw e;
                }
            }
        }
    }

    private Proof bearer(Challenge challenge, String refused, Credentials credentials)
            throws IOException {
        TokenRequest request =
                FetchToken.request(endpoint, challenge, identity.repository(), credentials);
        TokenCache.Token token =
                tokens.kept()
                        .get(
                                endpoint.origin(),
                                request,
                                refused.startsWith("Bearer ") ? refused.substring(7) : "",
                                () -> tokens.server().run(endpoint, request));
        identity.secrets().add(List.of(token.text()));
        return new Proof("Bearer " + token.text(), !token.isNew());
    }

    private @Nullable Proof basic() {
        for (Credentials credentials : identity.credentials().get()) {
            if (credentials instanceof Credentials.Basic basic) {
                return new Proof(basic.header(), false);
            }
        }
        return null;
    }
}
