package carafe.runtime.spec;

import java.time.Duration;
import java.util.List;

/**
 * A program to be run at a moment of the container's life.
 *
 * @param moment {@code createRuntime}, …
 * @param args with the program's own name first; empty = its path
 * @param timeout zero = whoever runs it chooses
 */
public record OciHook(
        String moment, String path, List<String> args, List<String> env, Duration timeout) {
    public OciHook {
        args = List.copyOf(args);
        env = List.copyOf(env);
    }
}
