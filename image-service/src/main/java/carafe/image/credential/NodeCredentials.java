package carafe.image.credential;

import carafe.image.RegistryAuth;
import java.util.Optional;

/** Credentials that the node itself has, for callers that bring none. Thread-safe. */
@FunctionalInterface
public interface NodeCredentials {
    /** A node without any. */
    NodeCredentials NONE = _ -> Optional.empty();

    /**
     * What the node has for a server; asked only when the server wants to know who we are.
     *
     * @param server host, with port where the reference or the configuration has one
     * @throws carafe.base.CarafeException.Precondition when what is configured cannot be read
     */
    Optional<RegistryAuth> of(String server);
}
