package carafe.image.registry;

import carafe.image.RegistryAuth;
import carafe.image.reference.Excerpt;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes known secrets out of text that a peer sent, before it gets into a message: a registry may
 * echo what it was given. Thread-safe.
 */
final class Redactor {
    private static final int SHORTEST = 4;

    private final Set<String> secrets = ConcurrentHashMap.newKeySet();

    /** Remembers secrets; ones of fewer than 4 characters would only make texts unreadable. */
    void add(Collection<String> more) {
        more.stream().filter(secret -> secret.length() >= SHORTEST).forEach(secrets::add);
    }

    /** Remembers everything secret of it, as it was given. */
    void learn(RegistryAuth auth) {
        add(List.of(auth.password(), auth.auth(), auth.identityToken(), auth.registryToken()));
    }

    /** Remembers what is secret of it, in the form it is sent in. */
    void learn(Credentials credentials) {
        if (credentials instanceof Credentials.Basic basic) {
            add(List.of(basic.password(), basic.header().substring("Basic ".length())));
        }
    }

    /** The text without secrets and control characters, at most 256 characters. */
    String clean(String text) {
        String cleaned = text;
        for (String secret : secrets) {
            cleaned = cleaned.replace(secret, "[redacted]");
        }
        return Excerpt.plain(cleaned);
    }
}
