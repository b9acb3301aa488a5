package carafe.network.cni;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The port through which plugins are run, so that tests can script them. */
@FunctionalInterface
interface PluginProcess {
    /**
     * What a finished plugin left.
     *
     * @param stderr its last part, shortened
     */
    record Output(int exitCode, String stdout, String stderr) {}

    /**
     * Runs a plugin to its end; it is killed at the deadline.
     *
     * @param environment all of it; nothing is inherited
     * @throws IOException when it cannot be started or prints more than it may
     * @throws carafe.base.CarafeException.Deadline when it did not end in time
     */
    Output run(Path program, Map<String, String> environment, byte[] stdin, Duration deadline)
            throws IOException;
}
