package carafe.server;

import carafe.config.CarafeConfig;
import carafe.image.ImageService;
import carafe.linux.DataRootLock;
import carafe.linux.JnaSetup;
import carafe.metrics.BuildInfo;
import carafe.metrics.Meters;
import carafe.metrics.MetricsEndpoint;
import carafe.rpc.CriServices;
import carafe.rpc.Readiness;
import carafe.runtime.api.ContainerRuntime;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * The running daemon. Close stops taking calls and gives everything back but the containers, which
 * run on. Thread-safe.
 */
final class Daemon implements AutoCloseable {
    private final Closer closer;
    private final ContainerRuntime runtime;
    private final ImageService images;
    private final Optional<InetSocketAddress> metrics;

    private Daemon(
            Closer closer,
            ContainerRuntime runtime,
            ImageService images,
            Optional<InetSocketAddress> metrics) {
        this.closer = closer;
        this.runtime = runtime;
        this.images = images;
        this.metrics = metrics;
    }

    /** Builds everything from the bottom up, finds what an earlier daemon left, and takes calls. */
    static Daemon start(CarafeConfig config, BuildInfo build) {
        Closer closer = new Closer();
        try {
            return start(config, build, closer);
        } catch (RuntimeException | Error e) {
            closer.close();
            throw e;
        }
    }

    private static Daemon start(CarafeConfig config, BuildInfo build, Closer closer) {
        Directories.ensure(config.storage().root(), "rwx------");
        Directories.ensure(config.storage().state(), "rwx--x--x");
        // Below the root, for /run is often mounted noexec; first, for everything else calls the
        // kernel.
        Path jna = config.storage().root().resolve("jna");
        Directories.ensure(jna, "rwx------");
        JnaSetup.from(jna);
        closer.add(DataRootLock.take(config.storage().root().resolve("lock")));
        Meters meters = closer.add(new Meters(build));
        Backend backend = closer.add(Backend.open(config));
        meters.objects(new RuntimeCounts(backend.runtime()));
        Readiness readiness = new Readiness();
        CriServices services =
                new CriServices(backend.runtime(), backend.images(), build, InstantSource.system());
        CriServer server =
                closer.add(
                        new CriServer(
                                config,
                                services.define(
                                        readiness,
                                        meters.rpc(),
                                        config.grpc().maxMessage().toIntExact(),
                                        shown(config))));
        Optional<InetSocketAddress> metrics = metrics(config, meters, closer);
        server.start();
        backend.recover();
        readiness.open();
        closer.add(readiness::stop);
        return new Daemon(closer, backend.runtime(), backend.images(), metrics);
    }

    ContainerRuntime runtime() {
        return runtime;
    }

    ImageService images() {
        return images;
    }

    /** Where the metrics are, unless they are switched off. */
    Optional<InetSocketAddress> metrics() {
        return metrics;
    }

    @Override
    public void close() {
        closer.close();
    }

    private static Optional<InetSocketAddress> metrics(
            CarafeConfig config, Meters meters, Closer closer) {
        if (!config.metrics().enabled()) {
            return Optional.empty();
        }
        MetricsEndpoint endpoint =
                closer.add(new MetricsEndpoint(config.metrics().address(), meters::scrape));
        endpoint.start();
        return Optional.of(endpoint.address());
    }

    /** What a verbose Status shows; critest reads stateDir. */
    private static Map<String, Object> shown(CarafeConfig config) {
        return Map.of(
                "stateDir", config.storage().state().toString(),
                "rootDir", config.storage().root().toString(),
                "cniConfDir", config.cni().confDir().toString(),
                "cgroupDriver", "cgroupfs");
    }
}
