package carafe.server;

import carafe.config.CarafeConfig;
import carafe.config.ConfigFiles;
import carafe.config.Flags;
import carafe.metrics.BuildInfo;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;

/** {@code carafe serve [--demo]}: runs until a signal. */
final class ServeCommand {
    private static final String DEMO = "--demo";

    private final BuildInfo build;
    private final PrintStream out;

    ServeCommand(BuildInfo build, PrintStream out) {
        this.build = build;
        this.out = out;
    }

    int run(List<String> arguments) {
        Flags flags = Flags.parse(arguments, Set.of(DEMO));
        CarafeConfig config = ConfigFiles.load(flags.config(), flags.values());
        LogSetup.start(config.log().level());
        out.println(build + " " + config);
        return Main.OK;
    }
}
