package carafe.image.registry;

import java.net.URI;
import java.util.List;
import java.util.Set;

/**
 * The registry itself, over HTTPS; over plain HTTP when it is on this machine's loopback or was
 * configured as plain. There is no fallback from one to the other. Immutable.
 */
public final class DefaultHosts implements RegistryHosts {
    static final Set<Endpoint.Capability> EVERYTHING =
            Set.of(Endpoint.Capability.PULL, Endpoint.Capability.RESOLVE);

    private static final String DOCKER_HUB = "docker.io";
    private static final String DOCKER_HUB_SERVER = "registry-1.docker.io";

    private final Set<String> plain;

    /**
     * @param plain hosts, with port where the reference has one, that speak HTTP without TLS
     */
    public DefaultHosts(Set<String> plain) {
        this.plain = Set.copyOf(plain);
    }

    @Override
    public List<Endpoint> of(String registry) {
        return List.of(
                new Endpoint(
                        URI.create(scheme(registry) + "://" + server(registry) + "/v2"),
                        registry,
                        Endpoint.Role.SERVER,
                        EVERYTHING,
                        Access.PLAIN));
    }

    String scheme(String hostAndPort) {
        String host = URI.create("x://" + hostAndPort).getHost();
        boolean loopback = host != null && AddressClass.of(host) == AddressClass.LOOPBACK;
        boolean plainHttp = plain.contains(hostAndPort) || loopback;
        return plainHttp ? "http" : "https";
    }

    private static String server(String registry) {
        return registry.equals(DOCKER_HUB) ? DOCKER_HUB_SERVER : registry;
    }
}
