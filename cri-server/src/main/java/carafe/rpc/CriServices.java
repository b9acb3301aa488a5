package carafe.rpc;

import carafe.image.ImageService;
import carafe.metrics.BuildInfo;
import carafe.metrics.RpcMeter;
import carafe.runtime.api.ContainerRuntime;
import carafe.streaming.api.StreamUrls;
import io.grpc.ServerServiceDefinition;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Both services of the CRI and the one of the {@code carafe} command, ready for a gRPC server. */
public final class CriServices {
    private final ContainerRuntime runtime;
    private final StreamUrls urls;
    private final ImageService images;
    private final BuildInfo build;
    private final InstantSource clock;
    private final DebugView debug;

    /** The use cases that the RPCs call. */
    public CriServices(
            ContainerRuntime runtime,
            StreamUrls urls,
            ImageService images,
            BuildInfo build,
            InstantSource clock) {
        this(runtime, urls, images, build, clock, DebugView.NONE);
    }

    /** As the other, with something to debug. */
    public CriServices(
            ContainerRuntime runtime,
            StreamUrls urls,
            ImageService images,
            BuildInfo build,
            InstantSource clock,
            DebugView debug) {
        this.debug = debug;
        this.runtime = runtime;
        this.urls = urls;
        this.images = images;
        this.build = build;
        this.clock = clock;
    }

    /**
     * @param maxAnswerBytes larger answers become an error that says so
     * @param config what a verbose Status shows of the configuration
     */
    public List<ServerServiceDefinition> define(
            Readiness readiness,
            RpcMeter meter,
            int maxAnswerBytes,
            Supplier<Map<String, ?>> config) {
        RpcAdapter adapter = new RpcAdapter(readiness, meter, maxAnswerBytes);
        return List.of(
                RuntimeServiceRpc.define(adapter, runtime, urls, build, config, clock),
                ImageServiceRpc.define(adapter, images, clock),
                AdminService.define(adapter, images, debug));
    }
}
