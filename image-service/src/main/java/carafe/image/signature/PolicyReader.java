package carafe.image.signature;

import carafe.base.CarafeException;
import carafe.base.TomlLines;
import carafe.image.reference.Excerpt;
import carafe.image.reference.ImageReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * Reads the policy's file, see docs/image-store.md. What it does not know is an error with file and
 * line: a policy that is half understood protects nobody.
 */
final class PolicyReader {
    private static final String PREFIX = "prefix";
    private static final Set<String> TOP_KEYS = Set.of("default", "keys", "identity", PREFIX);
    private static final Set<String> RULE_KEYS = Set.of("policy", "keys", "identity");

    private final Path file;
    private final TomlLines lines;
    private final byte[] content;

    PolicyReader(Path file, byte[] content) {
        this.file = file;
        this.content = content.clone();
        this.lines = new TomlLines(new String(content, StandardCharsets.UTF_8));
    }

    /**
     * @throws CarafeException.Precondition when it is wrong
     */
    SignaturePolicy read() {
        JsonNode root;
        try {
            root = new TomlMapper().readTree(content);
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw wrong(
                    Math.max(1, line),
                    "it is not TOML: " + Excerpt.plain(String.valueOf(e.getOriginalMessage())));
        }
        refuseUnknown(root, TOP_KEYS, "");
        Rule otherwise = rule("default", root, "default", "");
        Map<String, Rule> rules = new HashMap<>();
        JsonNode prefixes = root.path(PREFIX);
        if (!prefixes.isMissingNode() && !(prefixes instanceof ObjectNode)) {
            throw wrong(lines.of(PREFIX), "prefix must hold tables");
        }
        for (Map.Entry<String, JsonNode> each : prefixes.properties()) {
            String place = PREFIX + "." + each.getKey();
            if (!(each.getValue() instanceof ObjectNode)) {
                throw wrong(lines.of(place), "prefix must hold tables");
            }
            refuseUnknown(each.getValue(), RULE_KEYS, place + ".");
            String prefix = checked(each.getKey(), place);
            rules.put(prefix, rule(prefix, each.getValue(), "policy", place + "."));
        }
        return new SignaturePolicy(otherwise, rules);
    }

    /** A prefix that no name can begin with would silently protect nothing. */
    private String checked(String prefix, String place) {
        String sample = prefix + "/x";
        try {
            if (ImageReference.parse(sample).name().equals(sample)) {
                return prefix;
            }
        } catch (CarafeException.Invalid e) {
            // told below
        }
        throw wrong(
                lines.of(place),
                "%s is no beginning of a full name; write the registry, as in \"docker.io/library\""
                        .formatted(Excerpt.of(prefix)));
    }

    private Rule rule(String prefix, JsonNode table, String key, String place) {
        JsonNode action = table.path(key);
        if (action.isMissingNode() && place.isEmpty()) {
            return new Rule.Accept(prefix);
        }
        String word = action.isString() ? action.stringValue() : "";
        return switch (word) {
            case "accept" -> withoutKeys(new Rule.Accept(prefix), table, place);
            case "reject" -> withoutKeys(new Rule.Reject(prefix), table, place);
            case "signed" -> new Rule.Signed(prefix, keys(table, place), identity(table, place));
            default ->
                    throw wrong(
                            lines.of(place + key),
                            key + " must be \"accept\", \"reject\" or \"signed\"");
        };
    }

    private Rule withoutKeys(Rule rule, JsonNode table, String place) {
        if (table.has("keys")) {
            throw wrong(lines.of(place + "keys"), "keys go with the policy \"signed\" only");
        }
        return rule;
    }

    private List<Path> keys(JsonNode table, String place) {
        List<Path> keys = new ArrayList<>();
        for (JsonNode each : table.path("keys")) {
            if (!each.isString() || each.stringValue().isEmpty()) {
                throw wrong(lines.of(place + "keys"), "keys must be files");
            }
            keys.add(file.resolveSibling(each.stringValue()));
        }
        if (keys.isEmpty()) {
            throw wrong(
                    lines.of(place + "keys"), "the policy \"signed\" needs keys = [\"file.pub\"]");
        }
        return keys;
    }

    private Rule.Identity identity(JsonNode table, String place) {
        JsonNode value = table.path("identity");
        return switch (value.isMissingNode() ? "any" : value.asString("")) {
            case "any" -> Rule.Identity.ANY;
            case "repository" -> Rule.Identity.REPOSITORY;
            default ->
                    throw wrong(
                            lines.of(place + "identity"),
                            "identity must be \"any\" or \"repository\"");
        };
    }

    private void refuseUnknown(JsonNode table, Set<String> known, String place) {
        for (String key : table.propertyNames()) {
            if (!known.contains(key)) {
                throw wrong(lines.of(place + key), "unknown key " + Excerpt.of(key));
            }
        }
    }

    private CarafeException.Precondition wrong(int line, String why) {
        return new CarafeException.Precondition("%s:%d: %s".formatted(file, line, why));
    }
}
