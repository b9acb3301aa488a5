package carafe.image.registry;

import java.net.URI;
import java.util.Set;

/**
 * One place that can serve a registry's images.
 *
 * @param base URI up to and with the API's version, no slash at the end
 * @param registry the registry whose images it serves, as references name it
 */
public record Endpoint(
        URI base, String registry, Role role, Set<Capability> capabilities, Access access) {
    /** What an endpoint may be asked for. */
    public enum Capability {
        /** Content by digest. */
        PULL,
        /** What a tag means today. */
        RESOLVE
    }

    /** Whether credentials for the registry are for this endpoint too. */
    public enum Role {
        /** The registry itself, or what an administrator configured in its place. */
        SERVER,
        /** Somebody else who has copies. */
        MIRROR
    }

    public Endpoint {
        capabilities = Set.copyOf(capabilities);
    }

    Origin origin() {
        return Origin.of(base);
    }

    /** An endpoint's resource; the path is made of checked references and digests only. */
    URI resource(String path) {
        String namespace = role == Role.MIRROR ? "?ns=" + registry : "";
        return URI.create(base + "/" + path + namespace);
    }
}
