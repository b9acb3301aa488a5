package carafe.image.registry;

import carafe.base.CarafeException;
import carafe.base.TomlLines;
import carafe.image.reference.Excerpt;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What hosts.toml says about one host: {@code capabilities}, {@code ca}, {@code client}, {@code
 * skip_verify}, {@code header}, {@code override_path} and {@code dial_timeout}.
 */
final class HostTable {
    private static final Set<String> KEYS =
            Set.of(
                    "capabilities",
                    "ca",
                    "client",
                    "skip_verify",
                    "header",
                    "override_path",
                    "dial_timeout");

    /** What a request is framed by; only the HTTP client may set these. */
    private static final Set<String> NOT_OURS =
            Set.of(
                    "host",
                    "connection",
                    "content-length",
                    "expect",
                    "upgrade",
                    "transfer-encoding",
                    "range");

    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\x20-\\x7e\\t]{0,8192}");
    private static final Pattern TIME = Pattern.compile("(\\d{1,6})(ms|s|m)");

    private final Path file;
    private final JsonNode table;
    private final String prefix;
    private final TomlLines lines;

    /**
     * @param prefix of its keys' names, empty or with a dot at its end
     */
    HostTable(Path file, JsonNode table, String prefix, TomlLines lines) {
        this.file = file;
        this.table = table;
        this.prefix = prefix;
        this.lines = lines;
    }

    /**
     * @param others keys that may stand beside a host's
     */
    void refuseUnknownBeside(String... others) {
        for (String key : table.propertyNames()) {
            if (!KEYS.contains(key) && !List.of(others).contains(key)) {
                throw wrong(
                        key,
                        "unknown key %s; a host has %s"
                                .formatted(
                                        Excerpt.of(key), String.join(", ", new TreeSet<>(KEYS))));
            }
        }
    }

    Set<Endpoint.Capability> capabilities() {
        JsonNode listed = table.path("capabilities");
        if (listed.isMissingNode()) {
            return DefaultHosts.EVERYTHING;
        }
        Set<Endpoint.Capability> capabilities = EnumSet.noneOf(Endpoint.Capability.class);
        for (String name : texts(listed, "capabilities")) {
            switch (name) {
                case "pull" -> capabilities.add(Endpoint.Capability.PULL);
                case "resolve" -> capabilities.add(Endpoint.Capability.RESOLVE);
                case "push", "referrers" -> {} // Carafe does neither
                default -> throw wrong("capabilities", "not a capability: " + Excerpt.of(name));
            }
        }
        return capabilities;
    }

    Access access() {
        return new Access(trust(), clientKeys(), headers(), dialTimeout());
    }

    /** Whether the address is the API's as it stands, without {@code /v2} at its end. */
    boolean overridePath() {
        return flag("override_path");
    }

    private Trust trust() {
        boolean anybody = flag("skip_verify");
        JsonNode ca = table.path("ca");
        List<Path> authorities =
                ca.isMissingNode()
                        ? List.of()
                        : texts(ca, "ca").stream().map(file::resolveSibling).toList();
        if (anybody) {
            return new Trust.Anybody();
        }
        return authorities.isEmpty() ? new Trust.Machine() : new Trust.Authorities(authorities);
    }

    /** One file with both, files with both each, or pairs of certificate and key. */
    private List<ClientKey> clientKeys() {
        JsonNode client = table.path("client");
        if (client.isMissingNode()) {
            return List.of();
        }
        List<ClientKey> keys = new ArrayList<>();
        for (JsonNode each : client.isString() ? List.of(client) : array(client, "client")) {
            List<String> files = texts(each, "client");
            if (files.isEmpty() || files.size() > 2 || files.getFirst().isEmpty()) {
                throw wrong(
                        "client", "client must hold files, or pairs of a certificate and its key");
            }
            boolean both = files.size() == 1 || files.getLast().isEmpty();
            Path certificate = file.resolveSibling(files.getFirst());
            keys.add(
                    new ClientKey(
                            certificate,
                            both ? certificate : file.resolveSibling(files.getLast())));
        }
        return keys;
    }

    private Map<String, String> headers() {
        JsonNode header = table.path("header");
        if (header.isMissingNode()) {
            return Map.of();
        }
        if (!(header instanceof ObjectNode)) {
            throw wrong("header", "header must be a table");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each : header.properties()) {
            String key = "header." + each.getKey();
            String value = String.join(", ", texts(each.getValue(), key));
            boolean ours =
                    HEADER_NAME.matcher(each.getKey()).matches()
                            && !NOT_OURS.contains(each.getKey().toLowerCase(Locale.ROOT));
            if (!ours) {
                throw wrong(key, "not a header to set: " + Excerpt.of(each.getKey()));
            }
            if (!HEADER_VALUE.matcher(value).matches()) {
                throw wrong(key, "the value of header %s cannot be sent".formatted(each.getKey()));
            }
            headers.put(each.getKey(), value);
        }
        return headers;
    }

    private @Nullable Duration dialTimeout() {
        JsonNode value = table.path("dial_timeout");
        if (value.isMissingNode()) {
            return null;
        }
        Matcher time = TIME.matcher(value.isString() ? value.stringValue() : "");
        Duration timeout = time.matches() ? duration(time) : Duration.ZERO;
        if (!timeout.isPositive()) {
            throw wrong(
                    "dial_timeout", "dial_timeout must be a time as \"500ms\", \"10s\" or \"1m\"");
        }
        return timeout;
    }

    private static Duration duration(Matcher time) {
        long number = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }

    private boolean flag(String name) {
        JsonNode value = table.path(name);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw wrong(name, name + " must be true or false");
        }
        return value.isBoolean() && value.booleanValue();
    }

    private ArrayNode array(JsonNode value, String name) {
        if (value instanceof ArrayNode array) {
            return array;
        }
        throw wrong(name, name + " must be a string or an array");
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
            throw wrong(name, name + " must be a string or an array of strings");
        }
        return texts;
    }

    private CarafeException.Precondition wrong(String key, String why) {
        return wrong(file, lines.of(prefix + key), why);
    }

    static CarafeException.Precondition wrong(Path file, int line, String why) {
        return new CarafeException.Precondition(
                "registry configuration %s, line %d: %s".formatted(file, line, why));
    }
}
