package carafe.network.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The port through which programs are run, so that tests can script them. */
@FunctionalInterface
public interface ChildProgram {
    /**
     * What a finished program left.
     *
     * @param stderr its last part, shortened
     */
    record Output(int exitCode, String stdout, String stderr) {}

    /**
     * Runs a program to its end; it is killed at the deadline.
     *
     * @param command absolute path and arguments
     * @param environment all of it; nothing is inherited
     * @throws IOException when it cannot be started or prints more than it may
     * @throws carafe.base.CarafeException.Deadline when it did not end in time
     */
    Output run(
            List<String> command, Map<String, String> environment, byte[] stdin, Duration deadline)
            throws IOException;
}
