package carafe.server;

import carafe.base.CarafeException;
import carafe.config.CarafeConfig;
import carafe.config.ConfigFiles;
import carafe.config.Flags;
import carafe.metrics.BuildInfo;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * {@code carafe serve}: runs until SIGTERM or SIGINT, then leaves the containers running; SIGHUP
 * has it read its configuration again. {@code --demo} and {@code --train} are {@link
 * DemoSession}'s.
 */
final class ServeCommand {
    private static final String DEMO = "--demo";

    /** One quick demo without output, from which the JVM learns what a start needs. */
    private static final String TRAIN = "--train";

    private final BuildInfo build;
    private final PrintStream out;

    ServeCommand(BuildInfo build, PrintStream out) {
        this.build = build;
        this.out = out;
    }

    int run(List<String> arguments) {
        Flags flags = Flags.parse(arguments, Set.of(DEMO, TRAIN));
        requireRoot();
        if (flags.switches().contains(TRAIN)) {
            return new DemoSession(build, out).train(flags);
        }
        if (flags.switches().contains(DEMO)) {
            return new DemoSession(build, out).run(flags);
        }
        return serve(() -> ConfigFiles.load(flags.config(), flags.values()));
    }

    private static void requireRoot() {
        try {
            if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
                throw new CarafeException.Precondition(
                        "serve makes namespaces, mounts and cgroups and needs root; try sudo");
            }
        } catch (IOException e) {
            throw new CarafeException.Precondition("/proc is not mounted: " + e, e);
        }
    }

    private int serve(Supplier<CarafeConfig> source) {
        CarafeConfig config = source.get();
        LogSetup.start(config.log().level());
        LogSetup.format(config.log().format());
        Closer closer = new Closer();
        HangUps hangUps = closer.add(HangUps.heed());
        try (closer;
                Ending ending = new Ending(closer::close)) {
            ending.start();
            Daemon daemon = ending.whole(() -> closer.add(Daemon.start(config, build)));
            hangUps.each(() -> daemon.reload(source));
            out.println(ready(config, daemon));
            out.flush();
            return Ending.awaitSignal();
        }
    }

    private String ready(CarafeConfig config, Daemon daemon) {
        return "carafe %s is ready on %s%s"
                .formatted(
                        build.version(),
                        config.socket(),
                        daemon.metrics()
                                .map(a ->
                                        ", metrics on http://127.0.0.1:" + a.getPort() + "/metrics")
                                .orElse(""));
    }
}
