package carafe.image.registry;

import carafe.base.CarafeException;
import carafe.base.TomlLines;
import carafe.image.reference.Excerpt;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * Reads one hosts.toml: {@code server}, and tables {@code [host."https://…"]} in the order in which
 * they are to be tried. The keys of such a table beside {@code server} are about the server. A key
 * that is not known is an error, so that a misspelt one does not weaken anything unseen.
 */
final class HostsToml {
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
     * @throws CarafeException.Precondition when the file is not as described, naming it and the
     *     line
     */
    List<Endpoint> endpoints(byte[] content) {
        JsonNode root;
        try {
            root = TomlMapper.builder().build().readTree(content);
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw wrong(
                    Math.max(1, line),
                    "it is not TOML: " + Excerpt.plain(String.valueOf(e.getOriginalMessage())));
        }
        TomlLines lines = new TomlLines(new String(content, StandardCharsets.UTF_8));
        HostTable server = new HostTable(file, root, "", lines);
        server.refuseUnknownBeside("server", "host");
        List<Endpoint> endpoints = new ArrayList<>();
        JsonNode hosts = root.path("host");
        if (!hosts.isMissingNode() && !(hosts instanceof ObjectNode)) {
            throw wrong(lines.of("host"), "host must hold tables");
        }
        for (Map.Entry<String, JsonNode> host : hosts.properties()) {
            String name = "host." + host.getKey();
            if (!(host.getValue() instanceof ObjectNode)) {
                throw wrong(lines.of(name), "host must hold tables");
            }
            HostTable table = new HostTable(file, host.getValue(), name + ".", lines);
            table.refuseUnknownBeside();
            endpoints.add(endpoint(host.getKey(), table, Endpoint.Role.MIRROR, lines.of(name)));
        }
        endpoints.add(server(root, server, lines));
        return endpoints;
    }

    private Endpoint server(JsonNode root, HostTable table, TomlLines lines) {
        JsonNode address = root.path("server");
        if (address.isMissingNode()) {
            Endpoint own = defaults.of(registry).getFirst();
            return new Endpoint(
                    own.base(), registry, own.role(), table.capabilities(), table.access());
        }
        if (!address.isString()) {
            throw wrong(lines.of("server"), "server must be a string");
        }
        return endpoint(address.stringValue(), table, Endpoint.Role.SERVER, lines.of("server"));
    }

    private Endpoint endpoint(String address, HostTable table, Endpoint.Role role, int line) {
        URI uri;
        try {
            String full =
                    address.contains("://")
                            ? address
                            : defaults.scheme(address.replaceFirst("/.*", "")) + "://" + address;
            uri = new URI(full);
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw wrong(line, "not an address: " + Excerpt.of(address));
        }
        boolean http = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
        boolean more =
                uri.getRawUserInfo() != null
                        || uri.getRawQuery() != null
                        || uri.getRawFragment() != null;
        if (!http || uri.getHost() == null || more) {
            throw wrong(line, "not an http address of a host: " + Excerpt.of(address));
        }
        String path = uri.getRawPath().replaceFirst("/+$", "");
        boolean asItStands = table.overridePath() || path.endsWith("/v2");
        URI base =
                URI.create(
                        "%s://%s%s%s"
                                .formatted(
                                        uri.getScheme(),
                                        uri.getRawAuthority(),
                                        path,
                                        asItStands ? "" : "/v2"));
        return new Endpoint(base, registry, role, table.capabilities(), table.access());
    }

    private CarafeException.Precondition wrong(int line, String why) {
        return HostTable.wrong(file, line, why);
    }
}
