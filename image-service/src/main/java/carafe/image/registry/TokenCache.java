package carafe.image.registry;

import carafe.base.KeyedLock;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Bearer tokens that still hold, by everything they depend on: who asked (as a fingerprint, never
 * the secret itself), which registry's challenge, which token server, service and scope. A caller
 * without credentials never gets what another one's credentials brought. At most {@value #MOST}
 * tokens, none longer than {@link #LONGEST}. Thread-safe; equal requests at once are one.
 */
final class TokenCache {
    private static final int MOST = 512;
    private static final Duration LONGEST = Duration.ofHours(1);

    /** A token is not used any more so long before it ends: the request takes time, too. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final byte[] salt = new byte[32];
    private final KeyedLock<Key> asking = new KeyedLock<>();
    private final Map<Key, Kept> kept =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Kept> eldest) {
                    return size() > MOST;
                }
            };

    TokenCache() {
        new SecureRandom().nextBytes(salt);
    }

    /**
     * What a token depends on.
     *
     * @param query service and scope
     * @param who fingerprint of the credentials
     */
    private record Key(Origin registry, URI realm, String query, String who) {
        /** For messages: without the query, and without who. */
        @Override
        public String toString() {
            return "the token of %s from %s".formatted(registry, TargetPolicy.shown(realm));
        }
    }

    private record Kept(String token, long endNanos) {
        boolean holds() {
            return System.nanoTime() - endNanos < 0;
        }
    }

    /**
     * A token from a token server.
     *
     * @param valid from now on
     */
    record Issued(String token, Duration valid) {
        @Override
        public String toString() {
            return "Issued[redacted]";
        }
    }

    /** Asks the token server. */
    @FunctionalInterface
    interface Issuer {
        Issued issue() throws IOException;
    }

    /**
     * A token to send.
     *
     * @param isNew whether it was issued for this request
     */
    record Token(String text, boolean isNew) {
        @Override
        public String toString() {
            return "Token[redacted]";
        }
    }

    /**
     * The kept token, or a new one.
     *
     * @param refused the token that the registry has just refused; empty for none
     */
    Token get(Origin registry, TokenRequest request, String refused, Issuer issuer)
            throws IOException {
        Key key =
                new Key(
                        registry,
                        request.realm(),
                        request.query(),
                        fingerprint(request.credentials()));
        try (KeyedLock.Held _ = asking.lock(key, PATIENCE)) {
            Optional<String> known = known(key, refused);
            if (known.isPresent()) {
                return new Token(known.get(), false);
            }
            Issued issued = issuer.issue();
            keep(key, issued);
            return new Token(issued.token(), true);
        }
    }

    private synchronized Optional<String> known(Key key, String refused) {
        @Nullable Kept found = kept.get(key);
        if (found == null) {
            return Optional.empty();
        }
        if (found.holds() && !found.token().equals(refused)) {
            return Optional.of(found.token());
        }
        kept.remove(key);
        return Optional.empty();
    }

    private synchronized void keep(Key key, Issued issued) {
        Duration valid = issued.valid().compareTo(LONGEST) > 0 ? LONGEST : issued.valid();
        Duration usable = valid.minus(MARGIN);
        if (usable.isPositive()) {
            kept.put(key, new Kept(issued.token(), System.nanoTime() + usable.toNanos()));
        }
    }

    private String fingerprint(Credentials credentials) {
        String text =
                switch (credentials) {
                    case Credentials.Anonymous _ -> "anonymous";
                    case Credentials.Basic(String user, String password) ->
                            "basic\0%s\0%s".formatted(user, password);
                    case Credentials.Refresh(String token) -> "refresh\0" + token;
                    case Credentials.Bearer(String token) -> "bearer\0" + token;
                };
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(salt, "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no HMAC", e);
        }
    }
}
