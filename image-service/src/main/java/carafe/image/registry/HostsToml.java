package carafe.image.registry;

import carafe.base.CarafeException;
import carafe.image.reference.Excerpt;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * Reads one hosts.toml: {@code server}, and tables {@code [host."https://…"]} in the order in which
 * they are to be tried, each with {@code capabilities}, {@code ca}, {@code skip_verify} and {@code
 * override_path}. The same keys beside {@code server} are about the server. A key that is not known
 * is an error, so that a misspelt one does not weaken anything unseen.
 */
final class HostsToml {
    private static final Set<String> HOST_KEYS =
            Set.of("capabilities", "ca", "skip_verify", "override_path");

    private final Path file;
    private final String registry;
    private final DefaultHosts defaults;

    HostsToml(Path file, String registry, DefaultHosts defaults) {
        this.file = file;
        this.registry = registry;
        this.defaults = defaults;
    }

    /**
     * The hosts in order, the server last.
     *
     * @throws CarafeException.Precondition when the file is not as described
     */
    List<Endpoint> endpoints(byte[] content) {
        JsonNode root;
        try {
            root = TomlMapper.builder().build().readTree(content);
        } catch (JacksonException e) {
            throw wrong("it is not TOML: " + Excerpt.plain(String.valueOf(e.getOriginalMessage())));
        }
        List<Endpoint> endpoints = new ArrayList<>();
        for (Map.Entry<String, JsonNode> key : root.properties()) {
            boolean known =
                    HOST_KEYS.contains(key.getKey())
                            || key.getKey().equals("server")
                            || key.getKey().equals("host");
            if (!known) {
                throw unknown(key.getKey());
            }
        }
        for (Map.Entry<String, JsonNode> host : table(root.path("host")).properties()) {
            endpoints.add(mirror(host.getKey(), table(host.getValue())));
        }
        endpoints.add(server(root));
        return endpoints;
    }

    private Endpoint mirror(String address, JsonNode table) {
        for (String key : table.propertyNames()) {
            if (!HOST_KEYS.contains(key)) {
                throw unknown(key);
            }
        }
        return endpoint(address, table, Endpoint.Role.MIRROR);
    }

    private Endpoint server(JsonNode root) {
        JsonNode address = root.path("server");
        if (address.isMissingNode()) {
            Endpoint own = defaults.of(registry).getFirst();
            return new Endpoint(own.base(), registry, own.role(), capabilities(root), trust(root));
        }
        if (!address.isString()) {
            throw wrong("server must be a string");
        }
        return endpoint(address.stringValue(), root, Endpoint.Role.SERVER);
    }

    private Endpoint endpoint(String address, JsonNode table, Endpoint.Role role) {
        URI uri;
        try {
            String full =
                    address.contains("://")
                            ? address
                            : defaults.scheme(address.replaceFirst("/.*", "")) + "://" + address;
            uri = new URI(full);
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw wrong("not an address: " + Excerpt.of(address));
        }
        boolean http = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
        boolean more =
                uri.getRawUserInfo() != null
                        || uri.getRawQuery() != null
                        || uri.getRawFragment() != null;
        if (!http || uri.getHost() == null || more) {
            throw wrong("not an http address of a host: " + Excerpt.of(address));
        }
        String path = uri.getRawPath().replaceFirst("/+$", "");
        boolean asItStands = flag(table, "override_path") || path.endsWith("/v2");
        URI base =
                URI.create(
                        "%s://%s%s%s"
                                .formatted(
                                        uri.getScheme(),
                                        uri.getRawAuthority(),
                                        path,
                                        asItStands ? "" : "/v2"));
        return new Endpoint(base, registry, role, capabilities(table), trust(table));
    }

    private Set<Endpoint.Capability> capabilities(JsonNode table) {
        JsonNode listed = table.path("capabilities");
        if (listed.isMissingNode()) {
            return DefaultHosts.EVERYTHING;
        }
        Set<Endpoint.Capability> capabilities = EnumSet.noneOf(Endpoint.Capability.class);
        for (String name : texts(listed, "capabilities")) {
            switch (name) {
                case "pull" -> capabilities.add(Endpoint.Capability.PULL);
                case "resolve" -> capabilities.add(Endpoint.Capability.RESOLVE);
                case "push" -> {} // Carafe does not push
                default -> throw wrong("not a capability: " + Excerpt.of(name));
            }
        }
        return capabilities;
    }

    private Trust trust(JsonNode table) {
        if (flag(table, "skip_verify")) {
            return new Trust.Anybody();
        }
        JsonNode ca = table.path("ca");
        if (ca.isMissingNode()) {
            return new Trust.Machine();
        }
        return new Trust.Authorities(
                texts(ca, "ca").stream().map(name -> file.resolveSibling(name)).toList());
    }

    private boolean flag(JsonNode table, String name) {
        JsonNode value = table.path(name);
        if (value.isMissingNode()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw wrong(name + " must be true or false");
        }
        return value.booleanValue();
    }

    private List<String> texts(JsonNode value, String name) {
        if (value.isString()) {
            return List.of(value.stringValue());
        }
        List<String> texts = new ArrayList<>();
        boolean good = value instanceof ArrayNode;
        for (JsonNode text : value) {
            good &= text.isString();
            texts.add(text.asString(""));
        }
        if (!good) {
            throw wrong(name + " must be a string or an array of strings");
        }
        return texts;
    }

    private JsonNode table(JsonNode node) {
        if (!node.isMissingNode() && !(node instanceof ObjectNode)) {
            throw wrong("host must hold tables");
        }
        return node;
    }

    private CarafeException.Precondition unknown(String key) {
        return wrong("unknown key " + Excerpt.of(key));
    }

    private CarafeException.Precondition wrong(String why) {
        return new CarafeException.Precondition(
                "registry configuration %s: %s".formatted(file, why));
    }
}
