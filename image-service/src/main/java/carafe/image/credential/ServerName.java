package carafe.image.credential;

import java.net.URI;
import java.util.Set;

/**
 * The names under which credentials are kept for one registry: its host, with or without a scheme
 * and a path, and for Docker Hub its three hosts.
 */
public final class ServerName {
    private static final String HUB = "docker.io";
    private static final Set<String> HUB_HOSTS =
            Set.of(HUB, "index.docker.io", "registry-1.docker.io");

    /** How Docker itself writes down the credentials of Docker Hub. */
    private static final String HUB_KEY = "https://index.docker.io/v1/";

    private ServerName() {}

    /** Whether credentials kept under this name are for the registry. */
    public static boolean matches(String kept, String registry) {
        String withScheme = kept.contains("://") ? kept : "https://" + kept;
        try {
            String authority = URI.create(withScheme).getRawAuthority();
            return registry.equals(authority)
                    || (HUB_HOSTS.contains(registry)
                            && authority != null
                            && HUB_HOSTS.contains(authority));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What a helper program is asked for. */
    static String forHelper(String registry) {
        return HUB_HOSTS.contains(registry) ? HUB_KEY : registry;
    }
}
