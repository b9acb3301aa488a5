package carafe.server;

import carafe.base.CarafeException;
import carafe.config.CarafeConfig;
import carafe.config.ConfigFiles;
import carafe.config.Flags;
import carafe.linux.SyscallException;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.RootDir;
import carafe.linux.fs.TreeDelete;
import carafe.metrics.BuildInfo;
import carafe.rpc.DaemonCalls;
import carafe.rpc.PodRehearsal;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A daemon of its own with a demo pod: own directories, own cgroups, a free metrics port when the
 * usual one is taken. Its end removes all of it.
 */
final class DemoSession {
    private static final int METRICS_PORT = 10010;

    /** Enough for the JVM to know what runs hot; a few seconds. */
    private static final int TRAINING_CALLS = 600;

    /** Whole lives of pods; some more seconds. */
    private static final int TRAINING_PODS = 20;

    /** Of an image with some thousand files. */
    private static final int TRAINING_PULLS = 4;

    private final BuildInfo build;
    private final PrintStream out;
    private final long begin = System.nanoTime();

    DemoSession(BuildInfo build, PrintStream out) {
        this.build = build;
        this.out = out;
    }

    /** Runs until a signal comes or the demo container ends. */
    int run(Flags flags) {
        Path dir = directory();
        CarafeConfig config = config(flags, dir);
        LogSetup.start(config.log().level());
        Closer closer = new Closer();
        closer.add(() -> deleteTree(dir));
        Runnable end =
                () -> {
                    out.println();
                    closer.close();
                    step("the demo has ended, nothing is left behind");
                };
        try (closer;
                Ending ending = new Ending(end)) {
            ending.start();
            Daemon daemon = ending.whole(() -> closer.add(Daemon.start(config, build)));
            step("carafe %s is ready on %s".formatted(build.version(), config.socket()));
            Demo demo = closer.add(new Demo(daemon.runtime(), daemon.images(), dir, this::step));
            String container = ending.whole(demo::start);
            step("the pod is running; its log:");
            demo.awaitFirstLine();
            hints(config, daemon, container);
            step("the demo container ended with code " + demo.follow());
            return Main.OK;
        }
    }

    /** A silent session with many calls: the JVM learns what a daemon loads and what runs hot. */
    int train(Flags flags) {
        Path dir = directory();
        CarafeConfig config = config(flags, dir);
        LogSetup.start(config.log().level());
        try (Closer closer = new Closer()) {
            closer.add(() -> deleteTree(dir));
            Daemon daemon = closer.add(Daemon.start(config, build));
            Demo demo = closer.add(new Demo(daemon.runtime(), daemon.images(), dir, _ -> {}));
            String container = demo.start();
            demo.awaitFirstLine();
            try (RehearsalRegistry registry = RehearsalRegistry.open(RehearsalImage.make());
                    CriClient client = new CriClient(config.socket())) {
                client.call(channel -> {
                    PodRehearsal pods =
                            new PodRehearsal(channel, Demo.IMAGE, Demo.PROBE, dir.resolve("logs"));
                    for (int i = 0; i < TRAINING_PODS; i++) {
                        pods.play();
                    }
                    for (int i = 0; i < TRAINING_PULLS; i++) {
                        pods.pull(registry.reference());
                    }
                    for (int i = 0; i < TRAINING_CALLS; i++) {
                        DaemonCalls.askAround(channel);
                        DaemonCalls.probe(channel, container, Demo.PROBE);
                    }
                    return true;
                });
            } catch (IOException e) {
                throw new CarafeException.Precondition("no registry for the rehearsal: " + e, e);
            }
        }
        return Main.OK;
    }

    private void hints(CarafeConfig config, Daemon daemon, String container) {
        String crictl =
                "crictl --config /dev/null -r unix://%1$s -i unix://%1$s"
                        .formatted(config.socket());
        String metrics =
                daemon.metrics()
                        .map(a -> "  curl http://127.0.0.1:%d/metrics%n".formatted(a.getPort()))
                        .orElse("");
        out.printf(
                """

                Try in another terminal:
                  crictl() { command %1$s "$@"; }
                  crictl pods
                  crictl ps
                  crictl exec -s %2$s /demo get
                  crictl logs %2$s
                  crictl inspect %2$s
                %3$s
                Ctrl-C ends the demo and removes everything it made.

                """,
                crictl, Demo.shortId(container), metrics);
        out.flush();
    }

    private void step(String what) {
        out.printf("[%5.2f s] %s%n", (System.nanoTime() - begin) / 1e9, what);
        out.flush();
    }

    /** The user's flags win over the demo's own places. */
    private static CarafeConfig config(Flags flags, Path dir) {
        String name = "carafe-demo-" + ProcessHandle.current().pid();
        Map<String, String> values = new LinkedHashMap<>();
        values.put("storage.root", dir.resolve("root").toString());
        values.put("storage.state", dir.resolve("run").toString());
        values.put("cgroup.shims", "/" + name + "-shims");
        values.put("cgroup.pods_without_parent", "/" + name);
        values.put("metrics.address", "127.0.0.1:" + (isFree(METRICS_PORT) ? METRICS_PORT : 0));
        values.put("log.level", "warn");
        values.putAll(flags.values());
        return ConfigFiles.load(flags.config(), values);
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory("carafe-demo-"); // mode 0700
        } catch (IOException e) {
            throw new CarafeException.Precondition("cannot make a directory for the demo: " + e, e);
        }
    }

    /** Only what this demo made; crosses no mount and follows no link. */
    private static void deleteTree(Path dir) throws SyscallException {
        FileCalls calls = FileCalls.linux();
        Path parent = Objects.requireNonNull(dir.getParent());
        byte[] name = String.valueOf(dir.getFileName()).getBytes(StandardCharsets.UTF_8);
        try (RootDir root = RootDir.open(calls, parent)) {
            new TreeDelete(calls).delete(root.fd(), name);
        }
    }
}
