package carafe.runtime.shim;

import java.time.Duration;
import java.util.List;

/**
 * A process to run in a container.
 *
 * @param process the OCI runtime-spec {@code process} object as UTF-8 JSON (user, capabilities,
 *     rlimits …); what it says of args, env and cwd is not looked at
 * @param args argv as bytes, at least one
 * @param env entries {@code NAME=value} as bytes
 * @param cwd absolute path in the container, as bytes
 * @param timeout the process's session is killed then; zero = never
 * @param drain how long output is still read after the process has ended
 * @param deadline longest conversation, counted from the call; longer than timeout and drain
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are moved, never compared
public record ExecRequest(
        byte[] process,
        List<byte[]> args,
        List<byte[]> env,
        byte[] cwd,
        Duration timeout,
        Duration drain,
        Duration deadline) {
    public ExecRequest {
        args = List.copyOf(args);
        env = List.copyOf(env);
        if (args.isEmpty()) {
            throw new IllegalArgumentException("an exec needs a command");
        }
    }
}
