package carafe.runtime.cdi;

import carafe.base.CarafeException;
import carafe.runtime.api.Bytes;
import carafe.runtime.api.EnvVar;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a file of the Container Device Interface, versions 0.3.0 to 1.0.0. Thread-safe. */
final class CdiSpecReader {
    private static final Set<String> VERSIONS =
            Set.of("0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "1.0.0");
    private static final Set<String> HOOKS =
            Set.of(
                    "prestart",
                    "createRuntime",
                    "createContainer",
                    "startContainer",
                    "poststart",
                    "poststop");
    private static final Pattern ACCESS = Pattern.compile("[rwm]{0,3}");
    private static final Pattern TYPE = Pattern.compile("[bcup]?");
    private static final long MAX_DEVICE = 0xfffff;
    private static final long MAX_ID = 0xfffffffeL;
    private static final long MAX_TIMEOUT_SECONDS = 86_400;

    private final JsonMapper json =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /**
     * @throws CarafeException.Invalid when it is none, says why
     */
    CdiSpec read(Path file, int priority, byte[] content) {
        StrictObject top = new StrictObject(tree(file, content), "the file");
        String version = top.text("cdiVersion");
        if (!VERSIONS.contains(version)) {
            throw new CarafeException.Invalid(
                    "cdiVersion %s is none of the versions 0.3.0 to 1.0.0".formatted(version));
        }
        String kind = top.text("kind");
        if (!QualifiedName.isKind(kind)) {
            throw new CarafeException.Invalid("kind \"%s\" is not vendor/class".formatted(kind));
        }
        top.ignore("annotations");
        Map<String, ContainerEdits> devices = new LinkedHashMap<>();
        for (StrictObject each : top.objects("devices")) {
            addDevice(each, devices);
        }
        if (devices.isEmpty()) {
            throw new CarafeException.Invalid("it describes no device");
        }
        ContainerEdits edits = top.object("containerEdits", ContainerEdits.NONE, this::edits);
        top.close();
        return new CdiSpec(file, priority, kind, devices, edits);
    }

    private JsonNode tree(Path file, byte[] content) {
        if (!file.toString().endsWith(".json")) {
            return YamlTree.read(new String(content, StandardCharsets.UTF_8));
        }
        try {
            return json.readTree(content);
        } catch (JacksonException e) {
            throw new CarafeException.Invalid("it is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private void addDevice(StrictObject device, Map<String, ContainerEdits> devices) {
        String name = device.text("name");
        if (!QualifiedName.isDevice(name)) {
            throw new CarafeException.Invalid("\"%s\" is no name of a device".formatted(name));
        }
        device.ignore("annotations");
        ContainerEdits edits = device.object("containerEdits", ContainerEdits.NONE, this::edits);
        device.close();
        if (devices.put(name, edits) != null) {
            throw new CarafeException.Invalid("it describes device %s twice".formatted(name));
        }
    }

    private ContainerEdits edits(StrictObject from) {
        List<EnvVar> env = new ArrayList<>();
        for (String each : from.texts("env")) {
            int equals = each.indexOf('=');
            if (equals < 1) {
                throw new CarafeException.Invalid(from.at("env") + " has no NAME=value in " + each);
            }
            env.add(
                    new EnvVar(
                            each.substring(0, equals), Bytes.ofUtf8(each.substring(equals + 1))));
        }
        ContainerEdits edits =
                new ContainerEdits(
                        env,
                        from.objects("deviceNodes").stream().map(CdiSpecReader::node).toList(),
                        from.objects("mounts").stream().map(CdiSpecReader::mount).toList(),
                        from.objects("hooks").stream().map(CdiSpecReader::hook).toList(),
                        from.numbers("additionalGids", MAX_ID));
        if (from.has("intelRdt")) {
            throw new CarafeException.Invalid(
                    from.at("intelRdt") + " is not supported: Carafe makes no resctrl groups");
        }
        from.close();
        return edits;
    }

    private static ContainerEdits.DeviceNode node(StrictObject from) {
        String path = absolute(from, "path", from.text("path"));
        ContainerEdits.DeviceNode node =
                new ContainerEdits.DeviceNode(
                        path,
                        absolute(from, "hostPath", from.text("hostPath", path)),
                        matching(from, "type", TYPE).replace('u', 'c'),
                        from.number("major", MAX_DEVICE),
                        from.number("minor", MAX_DEVICE),
                        from.fileMode("fileMode"),
                        matching(from, "permissions", ACCESS),
                        from.number("uid", MAX_ID),
                        from.number("gid", MAX_ID));
        from.close();
        return node;
    }

    private static ContainerEdits.Mount mount(StrictObject from) {
        ContainerEdits.Mount mount =
                new ContainerEdits.Mount(
                        from.text("hostPath"),
                        absolute(from, "containerPath", from.text("containerPath")),
                        from.text("type", ""),
                        from.texts("options"));
        from.close();
        return mount;
    }

    private static ContainerEdits.Hook hook(StrictObject from) {
        String name = from.text("hookName");
        if (!HOOKS.contains(name)) {
            throw new CarafeException.Invalid(
                    "%s is \"%s\", which is no hook of OCI".formatted(from.at("hookName"), name));
        }
        long seconds = Math.max(0, from.number("timeout", MAX_TIMEOUT_SECONDS));
        ContainerEdits.Hook hook =
                new ContainerEdits.Hook(
                        name,
                        absolute(from, "path", from.text("path")),
                        from.texts("args"),
                        from.texts("env"),
                        Duration.ofSeconds(seconds));
        from.close();
        return hook;
    }

    private static String matching(StrictObject from, String name, Pattern pattern) {
        String value = from.text(name, "");
        if (!pattern.matcher(value).matches()) {
            throw new CarafeException.Invalid("%s \"%s\" is wrong".formatted(from.at(name), value));
        }
        return value;
    }

    private static String absolute(StrictObject from, String name, String path) {
        if (!path.startsWith("/")) {
            throw new CarafeException.Invalid(
                    "%s \"%s\" is not an absolute path".formatted(from.at(name), path));
        }
        return path;
    }
}
