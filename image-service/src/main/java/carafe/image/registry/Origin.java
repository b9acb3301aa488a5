package carafe.image.registry;

import java.net.URI;
import java.util.Locale;

/**
 * Scheme, host and port: what a credential is bound to.
 *
 * @param host lower case, IPv6 in brackets
 */
record Origin(String scheme, String host, int port) {
    /** The origin of an absolute http or https URI with a host. */
    static Origin of(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int defaultPort = scheme.equals("https") ? 443 : 80;
        int port = uri.getPort() < 0 ? defaultPort : uri.getPort();
        return new Origin(scheme, uri.getHost().toLowerCase(Locale.ROOT), port);
    }

    boolean isEncrypted() {
        return scheme.equals("https");
    }

    @Override
    public String toString() {
        return "%s://%s:%d".formatted(scheme, host, port);
    }
}
