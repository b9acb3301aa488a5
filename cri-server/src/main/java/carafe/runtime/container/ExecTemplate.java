package carafe.runtime.container;

import carafe.base.CarafeException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a process joins a container: everything that init has, out of the files it was created with.
 *
 * @param process OCI process object without args, env and cwd
 * @param env entries {@code NAME=value}
 */
@SuppressWarnings("ArrayRecordComponent") // handed on as it is, never compared
record ExecTemplate(byte[] process, byte[][] env, byte[] cwd) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * @param config config.json
     * @param shim shim.json, for an environment that is no text
     */
    static ExecTemplate of(JsonNode config, Optional<JsonNode> shim) {
        if (!(config.path("process") instanceof ObjectNode init)) {
            throw new CarafeException.Internal("config.json has no process");
        }
        ObjectNode process = init.deepCopy();
        JsonNode args = process.remove("args");
        JsonNode env = process.remove("env");
        JsonNode cwd = process.remove("cwd");
        if (args == null || env == null || cwd == null) {
            throw new CarafeException.Internal("the process of config.json is not whole");
        }
        process.put("terminal", false);
        return new ExecTemplate(
                JSON.writeValueAsBytes(process),
                shim.map(each -> each.path("envBase64"))
                        .filter(each -> !each.isEmpty())
                        .map(ExecTemplate::decoded)
                        .orElseGet(() -> texts(env)),
                cwd.asString().getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes it takes in memory, roughly. */
    int size() {
        int size = process.length + cwd.length;
        for (byte[] each : env) {
            size += each.length;
        }
        return size;
    }

    private static byte[][] texts(JsonNode entries) {
        return entries.valueStream()
                .map(each -> each.asString().getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    private static byte[][] decoded(JsonNode entries) {
        return entries.valueStream()
                .map(each -> Base64.getDecoder().decode(each.asString()))
                .toArray(byte[][]::new);
    }
}
