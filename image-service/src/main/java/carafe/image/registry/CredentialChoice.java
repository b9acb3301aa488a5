package carafe.image.registry;

import carafe.base.CarafeException;
import carafe.image.RegistryAuth;
import carafe.image.credential.NodeCredentials;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which credentials are tried with an endpoint, in order: the caller's alone when there are any for
 * it; else the node's own and then none, since what the node keeps may be outdated while the image
 * is public. The node is asked when a registry wants to know who we are, once. Thread-safe.
 */
final class CredentialChoice {
    private final Credentials given;
    private final NodeCredentials node;
    private final String server;
    private final Redactor secrets;
    private @Nullable List<Credentials> choices;

    /**
     * @param given by the caller, for this endpoint
     * @param server the endpoint as the node's credentials name it
     * @param secrets learns what the node has
     */
    CredentialChoice(Credentials given, NodeCredentials node, String server, Redactor secrets) {
        this.given = given;
        this.node = node;
        this.server = server;
        this.secrets = secrets;
    }

    /**
     * At least one.
     *
     * @throws carafe.base.CarafeException.Precondition when the node's configuration is wrong
     */
    synchronized List<Credentials> get() {
        List<Credentials> known = choices;
        if (known == null) {
            known = given instanceof Credentials.Anonymous ? ofNode() : List.of(given);
            choices = known;
        }
        return known;
    }

    private List<Credentials> ofNode() {
        Optional<RegistryAuth> kept = node.of(server);
        kept.ifPresent(secrets::learn);
        Credentials own;
        try {
            own = Credentials.of(kept, server);
        } catch (CarafeException.Invalid e) {
            throw new CarafeException.Precondition(
                    "this node's credentials for %s cannot be used: %s"
                            .formatted(server, e.getMessage()),
                    e);
        }
        secrets.learn(own);
        Credentials nobody = new Credentials.Anonymous();
        return own instanceof Credentials.Anonymous ? List.of(nobody) : List.of(own, nobody);
    }
}
