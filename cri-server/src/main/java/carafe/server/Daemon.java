package carafe.server;

import carafe.base.DiskFiles;
import carafe.base.trace.Tracer;
import carafe.config.CarafeConfig;
import carafe.config.ConfigTree;
import carafe.config.StreamingSection;
import carafe.config.TracingSection;
import carafe.image.ImageService;
import carafe.linux.DataRootLock;
import carafe.linux.JnaSetup;
import carafe.metrics.BuildInfo;
import carafe.metrics.Families;
import carafe.metrics.Meters;
import carafe.metrics.MetricsEndpoint;
import carafe.metrics.PullGauges;
import carafe.metrics.RpcMeter;
import carafe.metrics.trace.OtlpTracer;
import carafe.rpc.CriServices;
import carafe.rpc.Readiness;
import carafe.runtime.api.ContainerRuntime;
import carafe.streaming.server.StreamingServer;
import carafe.streaming.server.TlsFiles;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The running daemon. Close stops taking calls and gives everything back but the containers, which
 * run on. Thread-safe.
 */
final class Daemon implements AutoCloseable {
    private final Closer closer;
    private final ContainerRuntime runtime;
    private final ImageService images;
    private final Optional<InetSocketAddress> metrics;
    private final Reload reload;

    private Daemon(
            Closer closer,
            ContainerRuntime runtime,
            ImageService images,
            Optional<InetSocketAddress> metrics,
            Reload reload) {
        this.closer = closer;
        this.runtime = runtime;
        this.images = images;
        this.metrics = metrics;
        this.reload = reload;
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
        closer.add(
                StartsFile.begin(
                        config.storage().root().resolve("starts"), new DiskFiles(), meters));
        Backend backend = closer.add(Backend.open(config, meters));
        new PullGauges(meters, new ImagePulls(backend.images()));
        Reload reload = new Reload(config, wanted -> apply(backend, wanted), meters);
        Readiness readiness = new Readiness();
        StreamingServer streaming =
                closer.add(
                        new StreamingServer(
                                streaming(config),
                                new CountedStreams(backend.runtime(), meters),
                                InstantSource.system()));
        streaming.start();
        RpcMeter calls = meters.rpc(tracer(config, build, meters, closer));
        CriServices services =
                new CriServices(
                        backend.runtime(),
                        streaming,
                        backend.images(),
                        build,
                        InstantSource.system(),
                        new DebugFacts(
                                backend.runtime(),
                                backend.board(),
                                calls,
                                config.storage().state()));
        CriServer server =
                closer.add(
                        new CriServer(
                                config,
                                services.define(
                                        readiness,
                                        calls,
                                        config.grpc().maxMessage().toIntExact(),
                                        () -> shown(reload.running()))));
        Optional<InetSocketAddress> metrics = metrics(config, meters, closer);
        server.start();
        backend.recover();
        readiness.open();
        closer.add(readiness::stop);
        return new Daemon(closer, backend.runtime(), backend.images(), metrics, reload);
    }

    private static void apply(Backend backend, CarafeConfig config) {
        LogSetup.level(config.log().level());
        LogSetup.format(config.log().format());
        backend.apply(config);
    }

    /**
     * Reads the configuration again and takes over what can change while it runs.
     *
     * @param source fails with Invalid when it is wrong
     */
    void reload(Supplier<CarafeConfig> source) {
        reload.run(source);
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

    /** Classes of OpenTelemetry are loaded with a collector only. */
    private static Tracer tracer(
            CarafeConfig config, BuildInfo build, Meters meters, Closer closer) {
        TracingSection tracing = config.tracing();
        if (tracing.endpoint().isEmpty()) {
            return Tracer.CALLERS;
        }
        OtlpTracer tracer =
                closer.add(
                        new OtlpTracer(
                                new OtlpTracer.Settings(
                                        tracing.url(),
                                        tracing.samplesPerMillion(),
                                        Backend.hostname()),
                                build,
                                meters.count(Families.TRACE_SPANS)));
        tracer.start();
        return tracer;
    }

    private static StreamingServer.Settings streaming(CarafeConfig config) {
        StreamingSection streaming = config.streaming();
        Optional<TlsFiles> tls =
                given(streaming.tlsCert())
                        .map(certificate ->
                                new TlsFiles(
                                        certificate,
                                        streaming.tlsKey(),
                                        given(streaming.tlsClientCa())));
        return new StreamingServer.Settings(streaming.address(), streaming.idle(), tls);
    }

    private static Optional<Path> given(Path path) {
        return path.toString().isEmpty() ? Optional.empty() : Optional.of(path);
    }

    /** What a verbose Status shows; critest reads stateDir. */
    private static Map<String, Object> shown(CarafeConfig config) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("stateDir", config.storage().state().toString());
        shown.put("rootDir", config.storage().root().toString());
        shown.put("socket", config.socket().toString());
        shown.put("cniConfDir", config.cni().confDir().toString());
        shown.put("cgroupDriver", config.cgroup().driver().name().toLowerCase(Locale.ROOT));
        shown.put("settings", ConfigTree.of(config));
        return shown;
    }
}
