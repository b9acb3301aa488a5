package carafe.network.cni;

import carafe.base.CarafeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a {@code .conflist} or a single-plugin {@code .conf}/{@code .json} file. Untrusted in form
 * only: depth, size and names are bounded, and a wrong file is an {@link CarafeException.Invalid}
 * that names it. Thread-safe.
 */
final class NetworkListReader {
    static final int MAX_BYTES = 1 << 20;

    private static final int MAX_PLUGINS = 32;
    private static final int MAX_DEPTH = 64;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}");
    private static final List<String> VERSIONS =
            List.of("1.1.0", "1.0.0", "0.4.0", "0.3.1", "0.3.0");

    private final JsonMapper json =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .build())
                                    .build())
                    .build();

    /**
     * Parses the content of a configuration file.
     *
     * @throws CarafeException.Invalid when the file is not a usable CNI configuration
     */
    NetworkList read(Path source, byte[] content) {
        ObjectNode root = root(source, content);
        String name = text(root, "name");
        if (!NAME.matcher(name).matches()) {
            throw invalid(source, "\"name\" is missing or not a plain name");
        }
        List<NetworkList.Plugin> plugins = new ArrayList<>();
        if (root.has("plugins")) {
            JsonNode list = root.get("plugins");
            if (!list.isArray() || list.isEmpty() || list.size() > MAX_PLUGINS) {
                throw invalid(source, "\"plugins\" must list 1 to " + MAX_PLUGINS + " plugins");
            }
            list.forEach(each -> plugins.add(plugin(source, each)));
        } else {
            plugins.add(plugin(source, root));
        }
        Set<PluginCall.Verb> refused = new HashSet<>();
        if (root.path("disableCheck").asBoolean(false)) {
            refused.add(PluginCall.Verb.CHECK);
        }
        if (root.path("disableGC").asBoolean(false)) {
            refused.add(PluginCall.Verb.GC);
        }
        return new NetworkList(name, version(source, root), plugins, refused, source);
    }

    private ObjectNode root(Path source, byte[] content) {
        try {
            if (json.readTree(content) instanceof ObjectNode object) {
                return object;
            }
            throw invalid(source, "it is not a JSON object");
        } catch (JacksonException e) {
            throw new CarafeException.Invalid(
                    "CNI configuration %s is not JSON: %s"
                            .formatted(source, e.getOriginalMessage()),
                    e);
        }
    }

    private static NetworkList.Plugin plugin(Path source, JsonNode node) {
        if (!(node instanceof ObjectNode object)) {
            throw invalid(source, "a plugin is not a JSON object");
        }
        String type = text(object, "type");
        if (!NAME.matcher(type).matches()) {
            throw invalid(source, "a plugin's \"type\" must be the plain name of a program");
        }
        Set<String> capabilities = new HashSet<>();
        object.path("capabilities")
                .properties()
                .forEach(entry -> {
                    if (entry.getValue().asBoolean(false)) {
                        capabilities.add(entry.getKey());
                    }
                });
        return new NetworkList.Plugin(type, capabilities, object);
    }

    private static String version(Path source, ObjectNode root) {
        Set<String> offered = new HashSet<>();
        root.path("cniVersions").forEach(each -> offered.add(each.asString("")));
        if (root.has("cniVersion")) {
            offered.add(text(root, "cniVersion"));
        }
        return VERSIONS.stream()
                .filter(offered::contains)
                .findFirst()
                .orElseThrow(
                        () -> invalid(source, "\"cniVersion\" is none of %s".formatted(VERSIONS)));
    }

    private static String text(ObjectNode node, String field) {
        return node.path(field).asString("");
    }

    private static CarafeException.Invalid invalid(Path source, String why) {
        return new CarafeException.Invalid(
                "CNI configuration %s cannot be used: %s".formatted(source, why));
    }
}
