package carafe.runtime;

import carafe.runtime.container.RuntimeDevices;
import carafe.runtime.handler.Handlers;
import carafe.runtime.spec.HostFacts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Where the runtime keeps things and what bounds it.
 *
 * @param root survives a reboot, for example {@code /var/lib/carafe}
 * @param state for example {@code /run/carafe}
 * @param hostEtc where the node's resolv.conf and hosts are, {@code /etc}
 * @param hostname the node's
 * @param handlers who makes containers, by name
 * @param devices how containers get devices
 * @param maxLogLine bytes of text in one line of a log, asked for each container
 * @param exec bounds of ExecSync
 */
public record RuntimeSettings(
        Path root,
        Path state,
        Path hostEtc,
        Supplier<String> hostname,
        Handlers handlers,
        HostFacts host,
        RuntimeDevices devices,
        IntSupplier maxLogLine,
        Exec exec) {
    private static final int MAX_LOG_LINE = 16 * 1024;

    /** The usual bounds. */
    public static RuntimeSettings of(
            Path root, Path state, Supplier<String> hostname, HostFacts host) {
        return new RuntimeSettings(
                root,
                state,
                Path.of("/etc"),
                hostname,
                Handlers.OWN_ONLY,
                host,
                new RuntimeDevices(List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi")), false),
                () -> MAX_LOG_LINE,
                Exec.STANDARD);
    }

    /**
     * Bounds of ExecSync.
     *
     * @param outputBytes stdout and stderr of one call together
     * @param guaranteedBytes of them that no other call can take
     * @param nodeBytes that all calls take together beyond what is guaranteed
     * @param drain how long output is read after the command has ended
     */
    public record Exec(long outputBytes, long guaranteedBytes, long nodeBytes, Duration drain) {
        /**
         * Below the clients' message limit of 16 MiB. What is kept is in the heap once and on its
         * way out once more, so that the daemon grows by 256 MiB at most.
         */
        public static final Exec STANDARD =
                new Exec((16 << 20) - (64 << 10), 64 << 10, 96 << 20, Duration.ofSeconds(10));
    }
}
