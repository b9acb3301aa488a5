package carafe.e2e;

import carafe.testkit.daemon.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The handlers that container tests run with: the shim itself, and Debian's runc. */
final class RuntimeHandlers {
    static final String OWN = "";
    static final String RUNC = "runc";
    static final Path RUNC_PROGRAM = Path.of("/usr/sbin/runc");

    private RuntimeHandlers() {}

    /** For {@code @MethodSource}; runc only where it is installed. */
    static Stream<String> all() {
        return Files.isExecutable(RUNC_PROGRAM) ? Stream.of(OWN, RUNC) : Stream.of(OWN);
    }

    /** A node whose daemon knows them. */
    static Node node() {
        return new Node(RuntimeHandlers::configure);
    }

    static List<String> configure(Instance instance) throws IOException {
        Path file = instance.scratch().resolve("handlers.toml");
        Files.writeString(
                file,
                """
                [runtime.handlers.runc]
                program = "%s"
                [runtime.handlers.missing]
                program = "/usr/sbin/no-such-runtime"
                """
                        .formatted(RUNC_PROGRAM));
        return List.of("--config", file.toString());
    }
}
