package carafe.image.registry;

import carafe.base.CarafeException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * HTTP proxies as the environment names them: {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code
 * NO_PROXY}, in capitals or not. This machine's own addresses are never asked through a proxy.
 * Immutable.
 */
public final class Proxies {
    /** Every host is asked directly. */
    public static final Proxies NONE = new Proxies(null, null, List.of());

    private static final int USUAL_PORT = 80;

    private final @Nullable HttpProxy plain;
    private final @Nullable HttpProxy encrypted;
    private final List<String> exceptions;

    private Proxies(
            @Nullable HttpProxy plain, @Nullable HttpProxy encrypted, List<String> exceptions) {
        this.plain = plain;
        this.encrypted = encrypted;
        this.exceptions = List.copyOf(exceptions);
    }

    /**
     * One proxy.
     *
     * @param authorization what it is shown; empty for nothing
     */
    record HttpProxy(String host, int port, String authorization) {
        /** Shows nothing of the authorization. */
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /**
     * Reads the variables.
     *
     * @throws CarafeException.Precondition naming the variable that cannot be used
     */
    public static Proxies of(Map<String, String> environment) {
        List<String> exceptions = new ArrayList<>();
        for (String each : value(environment, "NO_PROXY").split(",", -1)) {
            String name = each.strip().toLowerCase(Locale.ROOT);
            if (!name.isEmpty()) {
                exceptions.add(name);
            }
        }
        return new Proxies(
                proxy(environment, "HTTP_PROXY"), proxy(environment, "HTTPS_PROXY"), exceptions);
    }

    private static String value(Map<String, String> environment, String name) {
        String capital = environment.getOrDefault(name, "");
        return capital.isEmpty()
                ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "")
                : capital;
    }

    private static @Nullable HttpProxy proxy(Map<String, String> environment, String name) {
        String text = value(environment, name).strip();
        if (text.isEmpty()) {
            return null;
        }
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null) {
                int port = uri.getPort() < 0 ? USUAL_PORT : uri.getPort();
                return new HttpProxy(uri.getHost(), port, authorization(uri.getRawUserInfo()));
            }
        } catch (URISyntaxException e) {
            // Said below, without the text: it may hold a password.
        }
        throw new CarafeException.Precondition(
                "environment variable %s names no proxy of the form http://host:port"
                        .formatted(name));
    }

    private static String authorization(@Nullable String userInfo) {
        if (userInfo == null) {
            return "";
        }
        String pair = URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
        byte[] bytes = (pair.contains(":") ? pair : pair + ":").getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(bytes);
    }

    /** Which proxy a request to this address goes through; empty for none. */
    Optional<HttpProxy> of(URI uri) {
        Origin origin = Origin.of(uri);
        HttpProxy proxy = origin.isEncrypted() ? encrypted : plain;
        boolean direct =
                proxy == null
                        || AddressClass.of(origin.host()) == AddressClass.LOOPBACK
                        || exceptions.stream().anyMatch(each -> covers(each, origin));
        return direct ? Optional.empty() : Optional.ofNullable(proxy);
    }

    private static boolean covers(String exception, Origin origin) {
        if (exception.equals("*")) {
            return true;
        }
        String host = bare(origin.host());
        if (exception.contains("/")) {
            return inNetwork(exception, host);
        }
        String name = exception;
        int colon = name.lastIndexOf(':');
        boolean port = colon > 0 && (name.indexOf(':') == colon || name.charAt(colon - 1) == ']');
        if (port) {
            if (!name.substring(colon + 1).equals(Integer.toString(origin.port()))) {
                return false;
            }
            name = name.substring(0, colon);
        }
        name = bare(name.startsWith("*.") ? name.substring(1) : name);
        String suffix = name.startsWith(".") ? name : "." + name;
        return host.equals(name) || host.endsWith(suffix);
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host;
    }

    /** Whether a host that is an address lies in a network such as 10.0.0.0/8. */
    private static boolean inNetwork(String network, String host) {
        int slash = network.indexOf('/');
        try {
            byte[] base = InetAddress.ofLiteral(bare(network.substring(0, slash))).getAddress();
            byte[] address = InetAddress.ofLiteral(host).getAddress();
            int bits = Integer.parseInt(network.substring(slash + 1));
            return base.length == address.length && samePrefix(base, address, bits);
        } catch (IllegalArgumentException e) {
            return false; // a name, or no network
        }
    }

    private static boolean samePrefix(byte[] a, byte[] b, int bits) {
        for (int i = 0; i < Math.min(bits, a.length * 8); i++) {
            int mask = 0x80 >> (i % 8);
            if (((a[i / 8] ^ b[i / 8]) & mask) != 0) {
                return false;
            }
        }
        return bits >= 0;
    }
}
