package carafe.image.registry;

import carafe.base.CarafeException;
import carafe.image.reference.Excerpt;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where a registry may send us: to a token server with credentials, or elsewhere for content. A
 * registry is a stranger; it must not make this node talk to addresses that only this node reaches.
 */
final class TargetPolicy {
    private TargetPolicy() {}

    /**
     * The token server that a challenge names.
     *
     * @throws CarafeException.Denied when credentials must not go there
     */
    static URI realm(Origin registry, String realm) {
        URI uri = parse(realm);
        String why = refusal(registry, uri);
        if (why.isEmpty() && isInside(registry, uri)) {
            why = "it is an address inside this node's networks";
        }
        if (!why.isEmpty()) {
            throw new CarafeException.Denied(
                    "registry %s names a token server that is refused: %s: %s"
                            .formatted(registry, shown(uri), why));
        }
        return uri;
    }

    /**
     * The target of a redirect.
     *
     * @throws CarafeException.Denied when it must not be followed
     */
    static URI redirect(URI from, String location) {
        URI uri = from.resolve(parse(location));
        Origin origin = Origin.of(from);
        String why = refusal(origin, uri);
        if (why.isEmpty()) {
            why = oddity(AddressClass.of(uri.getHost()), AddressClass.of(origin.host()));
        }
        if (!why.isEmpty()) {
            throw new CarafeException.Denied(
                    "registry %s redirects to where is not followed: %s: %s"
                            .formatted(origin, shown(uri), why));
        }
        return uri;
    }

    /** Content may lie inside this node's networks, but not where only this machine may ask. */
    private static String oddity(AddressClass target, AddressClass own) {
        return switch (target) {
            case PUBLIC, PRIVATE, LOOPBACK -> "";
            case LINK_LOCAL -> own == target ? "" : "it is a link-local address";
            case ODD -> "it is an address in an unusual form";
        };
    }

    private static URI parse(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new CarafeException.Denied("the registry sends us to what is no address");
        }
    }

    private static String refusal(Origin from, URI to) {
        boolean http =
                "https".equalsIgnoreCase(to.getScheme()) || "http".equalsIgnoreCase(to.getScheme());
        if (!http || to.getHost() == null || to.isOpaque()) {
            return "it is not an http address";
        }
        if (to.getRawUserInfo() != null) {
            return "it carries a user name";
        }
        if (from.isEncrypted() && !Origin.of(to).isEncrypted()) {
            return "it would leave encryption";
        }
        return "";
    }

    private static boolean isInside(Origin registry, URI realm) {
        AddressClass target = AddressClass.of(realm.getHost());
        AddressClass own = AddressClass.of(registry.host());
        return switch (target) {
            case PUBLIC -> false;
            case PRIVATE -> own == AddressClass.PUBLIC || own == AddressClass.ODD;
            case LOOPBACK, LINK_LOCAL -> own != target;
            case ODD -> true;
        };
    }

    /** Scheme, host and path, without user, query and fragment, which may be secrets. */
    static String shown(URI uri) {
        String host = uri.getHost() == null ? "" : uri.getHost();
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return Excerpt.plain(uri.getScheme() + "://" + host + port + path);
    }
}
