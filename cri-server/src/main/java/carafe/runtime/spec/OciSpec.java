package carafe.runtime.spec;

import java.util.List;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A container's config.json (OCI runtime-spec 1.2). Pure: the same request gives the same bytes.
 */
public final class OciSpec {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private OciSpec() {}

    /**
     * @throws carafe.base.CarafeException.Invalid when the request cannot be a container
     */
    public static ObjectNode of(SpecRequest request) {
        ObjectNode spec = JsonNodeFactory.instance.objectNode();
        spec.put("ociVersion", "1.2.0");
        ProcessSection.fill(spec.putObject("process"), request);
        ObjectNode root = spec.putObject("root");
        root.put("path", "rootfs");
        root.put("readonly", request.container().security().readonlyRootfs());
        MountsSection.fill(spec.putArray("mounts"), request);
        LinuxSection.fill(spec.putObject("linux"), request);
        if (!request.hooks().isEmpty()) {
            fillHooks(spec.putObject("hooks"), request.hooks());
        }
        return spec;
    }

    private static void fillHooks(ObjectNode hooks, List<OciHook> all) {
        for (OciHook each : all) {
            ObjectNode hook = hooks.withArray(each.moment()).addObject();
            hook.put("path", Texts.withoutNul("a hook's path", each.path()));
            ArrayNode args = hook.putArray("args");
            (each.args().isEmpty() ? List.of(each.path()) : each.args())
                    .forEach(arg -> args.add(Texts.withoutNul("a hook's argument", arg)));
            ArrayNode env = hook.putArray("env");
            each.env().forEach(entry -> env.add(Texts.withoutNul("a hook's variable", entry)));
            if (each.timeout().toSeconds() > 0) {
                hook.put("timeout", each.timeout().toSeconds());
            }
        }
    }

    /** What the container's processes can ever hold. */
    public static Set<String> boundingCapabilities(SpecRequest request) {
        return Capabilities.of(
                        request.container().security().capabilities(),
                        request.container().security().privileged(),
                        request.host().capabilities())
                .bounding();
    }

    public static byte[] bytes(ObjectNode spec) {
        return MAPPER.writeValueAsBytes(spec);
    }
}
