package carafe.testkit.trace;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * An OTLP collector over HTTP that keeps every span it was sent. Thread-safe. Owns its listener.
 */
public final class TraceCollector implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String PROTOBUF = "application/x-protobuf";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Seen> spans = new CopyOnWriteArrayList<>();
    private final List<Map<String, String>> resources = new CopyOnWriteArrayList<>();

    /**
     * A span as it came.
     *
     * @param parentId empty for the first of its trace
     * @param nanos how long it took
     * @param error empty unless it failed
     */
    public record Seen(
            String traceId,
            String spanId,
            String parentId,
            String name,
            long beginNanos,
            long nanos,
            Map<String, String> attributes,
            String error) {}

    /** Listens on a port of its own. */
    public TraceCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.setExecutor(threads);
        server.createContext("/v1/traces", this::receive);
        server.start();
    }

    /** For the daemon's configuration. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** All that came so far. */
    public List<Seen> spans() {
        return List.copyOf(spans);
    }

    /** What senders said of themselves. */
    public List<Map<String, String>> resources() {
        return List.copyOf(resources);
    }

    /**
     * Waits for a span that fits.
     *
     * @throws AssertionError with the names of those that came
     */
    public Seen await(String what, Predicate<Seen> wanted) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            for (Seen each : spans) {
                if (wanted.test(each)) {
                    return each;
                }
            }
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "no span %s; there are %s"
                                .formatted(what, spans.stream().map(Seen::name).toList()));
            }
            Thread.sleep(20);
        }
    }

    /** The spans right below one, in the order of their begin. */
    public List<Seen> below(Seen span) {
        return spans.stream()
                .filter(each -> each.parentId().equals(span.spanId()))
                .sorted(java.util.Comparator.comparingLong(Seen::beginNanos))
                .toList();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            String type = exchange.getRequestHeaders().getFirst("Content-Type");
            if (!"POST".equals(exchange.getRequestMethod()) || !PROTOBUF.equals(type)) {
                exchange.sendResponseHeaders(400, -1);
                return;
            }
            ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(body(exchange));
            request.getResourceSpansList()
                    .forEach(all -> {
                        resources.add(attributes(all.getResource().getAttributesList()));
                        all.getScopeSpansList().stream()
                                .flatMap(scope -> scope.getSpansList().stream())
                                .map(TraceCollector::seen)
                                .forEach(spans::add);
                    });
            byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
            exchange.getResponseHeaders().set("Content-Type", PROTOBUF);
            exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private static InputStream body(HttpExchange exchange) {
        try {
            InputStream body = exchange.getRequestBody();
            return "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))
                    ? new GZIPInputStream(body)
                    : body;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Seen seen(Span span) {
        HexFormat hex = HexFormat.of();
        return new Seen(
                hex.formatHex(span.getTraceId().toByteArray()),
                hex.formatHex(span.getSpanId().toByteArray()),
                hex.formatHex(span.getParentSpanId().toByteArray()),
                span.getName(),
                span.getStartTimeUnixNano(),
                span.getEndTimeUnixNano() - span.getStartTimeUnixNano(),
                attributes(span.getAttributesList()),
                span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR
                        ? span.getStatus().getMessage() + "!"
                        : "");
    }

    private static Map<String, String> attributes(List<KeyValue> all) {
        Stream<KeyValue> each = all.stream();
        return each.collect(
                Collectors.toMap(KeyValue::getKey, one -> one.getValue().getStringValue()));
    }

    /** Is gone for whoever sends. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
