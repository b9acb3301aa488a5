package carafe.server;

import carafe.base.CarafeException;
import carafe.metrics.BuildInfo;
import java.io.PrintStream;
import java.util.List;

/** The {@code carafe} command. Dispatches by hand: a parser library would cost start-up time. */
public final class Main {
    /** The command did what it was asked. */
    static final int OK = 0;

    /** The command failed, or doctor found something that keeps Carafe from working. */
    static final int FAILED = 1;

    /** The command line or a configuration file is wrong. */
    static final int WRONG_INPUT = 2;

    private static final String USAGE =
            """
            carafe: a Kubernetes container runtime

              carafe serve [FLAGS]            run the daemon
              carafe serve --demo [FLAGS]     run the daemon and a demo pod; Ctrl-C removes both
              carafe doctor [FLAGS]           tell what this machine offers, and how to fix what it lacks
              carafe config default           print the documented default configuration
              carafe config check FILE        check a configuration file
              carafe image pull NAME          pull an image, with a progress bar on a terminal
              carafe image import FILE [NAME] import an OCI layout or archive
              carafe image list               list images
              carafe image remove NAME...     remove images with all their names
              carafe image verify [NAME]      read one image, or all, again from the disk and compare with what was pulled
              carafe debug operations         calls and changes under way, with stage and age
              carafe debug object ID          one pod or container: records, processes, what its shim says
              carafe debug stacks             what every thread of the daemon does
              carafe debug log-level LEVEL    how much the daemon says from now on
              carafe version                  print version and build

            FLAGS: --config FILE, --root DIR, --state DIR, --socket PATH, --metrics-address ADDRESS,
              --network-mode MODE, --network-bridge NAME, --cni-conf-dir DIR, --cni-bin-dir DIR, --shims-cgroup PATH, --pods-cgroup PATH,
              --cdi-spec-dir DIR, --log-level LEVEL. They win over the configuration file (/etc/carafe/config.toml).
            """;

    private final PrintStream out;
    private final PrintStream err;

    Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs the command and ends the process with its code. */
    public static void main(String[] arguments) {
        System.exit(new Main(System.out, System.err).run(List.of(arguments)));
    }

    /** Runs one command; its exit code. */
    int run(List<String> arguments) {
        if (arguments.isEmpty()) {
            err.print(USAGE);
            return WRONG_INPUT;
        }
        List<String> rest = arguments.subList(1, arguments.size());
        BuildInfo build = Build.info();
        try {
            return switch (arguments.getFirst()) {
                case "serve" -> new ServeCommand(build, out).run(rest);
                case "doctor" -> new DoctorCommand(out).run(rest);
                case "config" -> new ConfigCommand(out).run(rest);
                case "debug" -> new DebugCommand(out).run(rest);
                case "image" -> new ImageCommand(out).run(rest);
                case "version", "--version" -> version(build);
                case "help", "--help", "-h" -> help();
                default ->
                        throw new CarafeException.Invalid(
                                "unknown command \"%s\"; \"carafe help\" lists them"
                                        .formatted(arguments.getFirst()));
            };
        } catch (CarafeException.Invalid e) {
            err.println("carafe: " + e.getMessage());
            return WRONG_INPUT;
        } catch (CarafeException e) {
            err.println("carafe: " + e.getMessage());
            return FAILED;
        }
    }

    private int version(BuildInfo build) {
        out.printf(
                "carafe %s (%s), CRI v1, Java %s%n",
                build.version(), build.revision(), build.java());
        return OK;
    }

    private int help() {
        out.print(USAGE);
        return OK;
    }
}
