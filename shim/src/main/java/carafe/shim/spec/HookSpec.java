package carafe.shim.spec;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that config.json has run at a moment of the container's life.
 *
 * @param moment {@code createRuntime}, …
 * @param path absolute; in the container for {@code startContainer}, else on the machine
 * @param args with the program's own name first
 * @param env all of its environment
 * @param timeoutMillis when it is killed, 0 = the shim's choice
 */
@SuppressWarnings("ArrayRecordComponent") // handed through once, never compared
public record HookSpec(
        String moment, String path, byte[][] args, byte[][] env, long timeoutMillis) {
    /** In the order in which they come in a container's life. */
    public static final String PRESTART = "prestart";

    public static final String CREATE_RUNTIME = "createRuntime";
    public static final String CREATE_CONTAINER = "createContainer";
    public static final String START_CONTAINER = "startContainer";
    public static final String POSTSTART = "poststart";
    public static final String POSTSTOP = "poststop";

    private static final long MAX_SECONDS = 86_400;
    private static final int MAX_HOOKS = 256;

    /**
     * Those of the moments, in the order of the moments and then of the file.
     *
     * @param config of the whole container
     * @throws JsonException when one is damaged, or there are too many
     */
    public static List<HookSpec> of(Json config, String... moments) throws JsonException {
        List<HookSpec> hooks = new ArrayList<>();
        for (String moment : moments) {
            for (Json hook : config.get("hooks").get(moment).elements()) {
                hooks.add(of(moment, hook));
            }
        }
        if (hooks.size() > MAX_HOOKS) {
            throw new JsonException("hooks: more than " + MAX_HOOKS);
        }
        return hooks;
    }

    private static HookSpec of(String moment, Json json) throws JsonException {
        String path = json.get("path").string();
        if (!path.startsWith("/")) {
            throw new JsonException(json.get("path").path() + ": not absolute: " + path);
        }
        byte[][] args = Strings.bytesOf(json.get("args"));
        return new HookSpec(
                moment,
                path,
                args.length == 0 ? new byte[][] {json.get("path").cString()} : args,
                Strings.bytesOf(json.get("env")),
                1000 * json.get("timeout").integer(0, MAX_SECONDS, 0));
    }
}
