package carafe.shim.spec;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The object {@code runtime} of shim.json: another OCI runtime that makes and enters the container.
 *
 * @param id what the program calls the container
 * @param program absolute path of the program
 * @param staged directories and files of the machine, and sources of image volumes, that are
 *     attached at {@code staged/0}, {@code staged/1}… of the bundle while the program creates the
 *     container, with their place in the machine's peer groups
 */
public record ProgramSpec(String id, String program, List<String> staged) {
    /**
     * Reads shim.json.
     *
     * @return null = the shim makes the container itself
     * @throws JsonException when a field is missing or damaged
     */
    public static @Nullable ProgramSpec of(Json shim) throws JsonException {
        Json runtime = shim.get("runtime");
        if (runtime.isMissing()) {
            return null;
        }
        String program = runtime.get("program").string();
        if (!program.startsWith("/")) {
            throw new JsonException("runtime.program is not an absolute path: " + program);
        }
        return new ProgramSpec(shim.get("id").string(), program, Strings.of(runtime.get("staged")));
    }
}
