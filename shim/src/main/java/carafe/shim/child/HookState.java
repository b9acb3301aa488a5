package carafe.shim.child;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import carafe.shim.json.JsonWriter;
import carafe.shim.sys.Utf8;

/** The state of a container in the form of the runtime-spec, as hooks are told it. */
final class HookState {
    private HookState() {}

    /**
     * @param config config.json
     * @param status {@code creating}, {@code created}, {@code running} or {@code stopped}
     * @param pid of the container's process as the hook sees it, 0 = there is none
     * @param bundle absolute
     */
    static byte[] of(Json config, String id, String status, int pid, String bundle)
            throws JsonException {
        JsonWriter json = new JsonWriter().beginObject();
        json.name("ociVersion").string(Utf8.encode(config.get("ociVersion").string("1.2.0")));
        json.name("id").string(Utf8.encode(id));
        json.name("status").string(Utf8.encode(status));
        if (pid > 0) {
            json.name("pid").copy(Json.parse(Utf8.encode(String.valueOf(pid))));
        }
        json.name("bundle").string(Utf8.encode(bundle));
        Json annotations = config.get("annotations");
        if (!annotations.isMissing()) {
            json.name("annotations").copy(annotations);
        }
        return json.endObject().bytes();
    }
}
