package carafe.metrics.trace;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.trace.Span;
import carafe.base.trace.Spans;
import carafe.base.trace.Trace;
import carafe.metrics.BuildInfo;
import carafe.metrics.Families;
import carafe.metrics.Meters;
import carafe.metrics.OperationBoard;
import carafe.testkit.trace.TraceCollector;
import carafe.testkit.trace.TraceCollector.Seen;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OtlpTracerTest {
    private static final BuildInfo BUILD = new BuildInfo("1.2.3", "abc", "25");
    private static final Trace KUBELET =
            new Trace("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", true);

    private final Meters meters = new Meters(BUILD);

    @AfterEach
    void close() {
        meters.close();
    }

    private OtlpTracer tracer(String endpoint, int perMillion) {
        OtlpTracer tracer =
                new OtlpTracer(
                        new OtlpTracer.Settings(
                                URI.create(endpoint + "/v1/traces"), perMillion, "n1"),
                        BUILD,
                        meters.count(Families.TRACE_SPANS));
        tracer.start();
        return tracer;
    }

    @Test
    void aChangeAndItsStagesAreBelowTheCallersSpan() throws Exception {
        OperationBoard board = new OperationBoard(meters);
        try (TraceCollector collector = new TraceCollector()) {
            try (OtlpTracer tracer = tracer(collector.endpoint(), 0)) {
                var call = meters.rpc(tracer).begin("RunPodSandbox", Optional.of(KUBELET));
                Spans.within(
                        call.span(),
                        () -> {
                            try (var change = board.begin("pod.run", "p1")) {
                                board.reached("pod.run.record");
                                Spans.traced("cni.add", () -> "");
                                board.reached("pod.run.network");
                                change.done();
                            }
                            return "";
                        });
                call.end("OK", Map.of("sandbox", "p1"));
            }
            Seen call = collector.await("of the call", it -> it.name().equals("RunPodSandbox"));
            assertThat(call.traceId()).isEqualTo(KUBELET.traceId());
            assertThat(call.parentId()).isEqualTo(KUBELET.spanId());
            assertThat(call.attributes())
                    .containsEntry("rpc.method", "RunPodSandbox")
                    .containsEntry("rpc.response.status_code", "OK")
                    .containsEntry("carafe.sandbox", "p1");
            Seen change = collector.await("of the change", it -> it.name().equals("pod.run"));
            assertThat(change.parentId()).isEqualTo(call.spanId());
            assertThat(collector.below(change))
                    .extracting(Seen::name)
                    .containsExactly("pod.run.record", "pod.run.network");
            assertThat(collector.below(collector.below(change).getLast()))
                    .extracting(Seen::name)
                    .containsExactly("cni.add");
            assertThat(collector.resources().getFirst())
                    .containsEntry("service.name", "carafe")
                    .containsEntry("host.name", "n1");
        }
        assertThat(meters.scrape("application/openmetrics-text;version=1.0.0").body())
                .asString()
                .containsPattern(
                        "carafe_operation_stage_seconds_bucket.*stage=\"network\".*trace_id=\""
                                + KUBELET.traceId())
                .contains("carafe_trace_spans_total{result=\"sent\"} 5.0");
    }

    @Test
    void theCallerDecidesAndElseTheShare() {
        Trace unsampled = new Trace(KUBELET.traceId(), KUBELET.spanId(), false);
        try (OtlpTracer none = tracer("http://127.0.0.1:9", 0)) {
            assertThat(none.call("Version", Optional.empty())).isSameAs(Span.NONE);
            assertThat(none.call("Version", Optional.of(unsampled))).isSameAs(Span.NONE);
            assertThat(none.call("Version", Optional.of(KUBELET)).trace()).isPresent();
        }
        try (Meters others = new Meters(BUILD);
                OtlpTracer all =
                        new OtlpTracer(
                                new OtlpTracer.Settings(
                                        URI.create("http://127.0.0.1:9"), 1_000_000, "n1"),
                                BUILD,
                                others.count(Families.TRACE_SPANS))) {
            assertThat(all.call("Version", Optional.empty()).trace()).isPresent();
            assertThat(all.call("Version", Optional.of(unsampled))).isSameAs(Span.NONE);
        }
    }

    /** It takes connections and never answers. */
    @Test
    void aDeadCollectorHoldsNobodyUpAndWhatIsTooMuchIsCounted() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            OtlpTracer tracer = tracer("http://127.0.0.1:" + mute.getLocalPort(), 0);
            int many = 20_000;
            for (int i = 0; i < many; i++) {
                tracer.call("Version", Optional.of(KUBELET)).end(System.nanoTime());
            }
            long begin = System.nanoTime();
            tracer.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(15));
            assertThat(count("sent")).isZero();
            assertThat(count("dropped")).isGreaterThan(many - 4096 - 3 * 512);
            assertThat(count("dropped") + count("failed")).isEqualTo(many);
        }
    }

    private int count(String result) {
        String row = "carafe_trace_spans_total{result=\"%s\"} ".formatted(result);
        return meters.scrape()
                .lines()
                .filter(line -> line.startsWith(row))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(row.length())))
                .sum();
    }
}
