package carafe.metrics.trace;

import carafe.base.trace.Span;
import carafe.base.trace.Trace;
import carafe.base.trace.Tracer;
import carafe.metrics.BuildInfo;
import carafe.metrics.Count;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Spans of calls, sent to a collector by OTLP over HTTP. Follows the caller's decision to sample;
 * where a caller has no trace, a share of calls begins one. Owns its queue and the exporter's
 * connections; close sends what is left, for two seconds at most. Thread-safe.
 */
public final class OtlpTracer implements Tracer, AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final double MILLION = 1e6;
    private static final int VALUE_CHARS = 1024;

    private final SpanQueue queue;
    private final SdkTracerProvider provider;
    private final io.opentelemetry.api.trace.Tracer tracer;

    /**
     * @param collector whole URL
     * @param samplesPerMillion of calls without a trace
     * @param node the host's name
     */
    public record Settings(URI collector, int samplesPerMillion, String node) {}

    /**
     * Sends nothing before {@link #start}.
     *
     * @param spans counts what became of spans: {@code sent}, {@code failed}, {@code dropped}
     */
    public OtlpTracer(Settings settings, BuildInfo build, Count spans) {
        this.queue =
                new SpanQueue(
                        OtlpHttpSpanExporter.builder()
                                .setEndpoint(settings.collector().toString())
                                .setTimeout(ANSWER)
                                .setConnectTimeout(ANSWER)
                                .setCompression("gzip")
                                .setMeterProvider(MeterProvider.noop())
                                .build(),
                        spans);
        this.provider =
                SdkTracerProvider.builder()
                        .setResource(resource(settings, build))
                        .setSampler(
                                Sampler.parentBased(
                                        Sampler.traceIdRatioBased(
                                                settings.samplesPerMillion() / MILLION)))
                        .setSpanLimits(
                                SpanLimits.builder()
                                        .setMaxAttributeValueLength(VALUE_CHARS)
                                        .build())
                        .addSpanProcessor(queue)
                        .build();
        this.tracer = provider.get("carafe", build.version());
    }

    private static Resource resource(Settings settings, BuildInfo build) {
        return Resource.create(
                Attributes.builder()
                        .put("service.name", "carafe")
                        .put("service.version", build.version())
                        .put("host.name", settings.node())
                        .put("process.pid", ProcessHandle.current().pid())
                        .build());
    }

    /** Begins to send. */
    public void start() {
        queue.start();
    }

    @Override
    public Span call(String name, Optional<Trace> caller) {
        OtlpSpan.Clock clock = OtlpSpan.Clock.now();
        io.opentelemetry.api.trace.Span span =
                tracer.spanBuilder(name)
                        .setSpanKind(SpanKind.SERVER)
                        .setParent(parent(caller))
                        .startSpan();
        return span.isRecording() ? new OtlpSpan(tracer, span, clock) : Span.NONE;
    }

    private static Context parent(Optional<Trace> caller) {
        return caller.map(trace ->
                        Context.root()
                                .with(
                                        io.opentelemetry.api.trace.Span.wrap(
                                                SpanContext.createFromRemoteParent(
                                                        trace.traceId(),
                                                        trace.spanId(),
                                                        trace.sampled()
                                                                ? TraceFlags.getSampled()
                                                                : TraceFlags.getDefault(),
                                                        TraceState.getDefault()))))
                .orElse(Context.root());
    }

    @Override
    public void close() {
        queue.close();
        provider.close();
    }
}
