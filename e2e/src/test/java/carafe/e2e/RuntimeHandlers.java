package carafe.e2e;

import carafe.testkit.daemon.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The handlers that container tests run with: the shim itself, and Debian's runc. A few classes run
 * with both each time; with {@code ./dev e2e --handler runc} every test's pods have runc.
 */
final class RuntimeHandlers {
    static final String OWN = "";
    static final String RUNC = "runc";
    static final Path RUNC_PROGRAM = Path.of("/usr/sbin/runc");

    /** Handler of every test's pods that says no other, empty = the shim itself. */
    static final String OF_THIS_RUN = System.getProperty("carafe.e2e.handler", OWN);

    private static final String RUNC_SECTION =
            """
            [runtime.handlers.runc]
            program = "%s"
            """
                    .formatted(RUNC_PROGRAM);

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
                RUNC_SECTION
                        + """
                        [runtime.handlers.missing]
                        program = "/usr/sbin/no-such-runtime"
                        """);
        return List.of("--config", file.toString());
    }

    /**
     * A line of the census: runc's directory above those of pods, which goes when the daemon ends.
     */
    static boolean isParentOfPods(String line) {
        return OF_THIS_RUN.equals(RUNC)
                && line.startsWith("cgroup /sys/fs/cgroup/systemd/")
                && line.endsWith("-pods");
    }

    /**
     * The flags of a daemon that knows {@link #OF_THIS_RUN}: a configuration file that is among
     * them already gets the handler's section.
     */
    static List<String> ofThisRun(Instance instance, List<String> flags) throws IOException {
        if (OF_THIS_RUN.equals(OWN)) {
            return flags;
        }
        int place = flags.indexOf("--config");
        Path file =
                place < 0
                        ? instance.scratch().resolve("handler.toml")
                        : Path.of(flags.get(place + 1));
        String text = Files.exists(file) ? Files.readString(file) : "";
        if (!text.contains("[runtime.handlers.runc]")) {
            Files.writeString(file, text + "\n" + RUNC_SECTION);
        }
        return place < 0
                ? Stream.concat(flags.stream(), Stream.of("--config", file.toString())).toList()
                : flags;
    }
}
