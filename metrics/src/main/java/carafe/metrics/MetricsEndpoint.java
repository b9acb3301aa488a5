package carafe.metrics;

import carafe.base.CarafeException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /metrics} on a loopback address, and nothing else. Owns its listener; a second
 * close does nothing. Thread-safe.
 */
public final class MetricsEndpoint implements AutoCloseable {
    private static final int BACKLOG = 16;
    private static final int SCRAPES_AT_ONCE = 4;

    private final InetSocketAddress wanted;
    private final Function<@Nullable String, Meters.Scrape> scrape;
    private final Semaphore slots = new Semaphore(SCRAPES_AT_ONCE);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    /**
     * Listens at once, answers after {@link #start}.
     *
     * @param wanted a loopback address; port 0 takes any free one
     * @param scrape what to answer to a header Accept; null = none
     * @throws CarafeException.Invalid when the address is not of the loopback interface
     * @throws CarafeException.Unavailable when the port is taken
     */
    public MetricsEndpoint(
            InetSocketAddress wanted, Function<@Nullable String, Meters.Scrape> scrape) {
        this.wanted = wanted;
        this.scrape = scrape;
        this.server = listen(wanted);
    }

    /** Begins to answer. */
    public void start() {
        server.setExecutor(executor);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Where it listens, with the port that was taken. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.close();
    }

    @Override
    public String toString() {
        return "metrics on " + wanted;
    }

    private static HttpServer listen(InetSocketAddress wanted) {
        if (wanted.getAddress() == null || !wanted.getAddress().isLoopbackAddress()) {
            throw new CarafeException.Invalid(
                    "metrics: %s is not a loopback address; use 127.0.0.1 or [::1]"
                            .formatted(wanted.getHostString()));
        }
        limitSlowClients();
        try {
            return HttpServer.create(wanted, BACKLOG);
        } catch (IOException e) {
            throw new CarafeException.Unavailable(
                    ("metrics: cannot listen on %s:%d: %s; choose another port with"
                                    + " --metrics-address 127.0.0.1:PORT, port 0 takes any free"
                                    + " one")
                            .formatted(wanted.getHostString(), wanted.getPort(), e.getMessage()),
                    e);
        }
    }

    /** Settings of the JDK's server that are read when its first instance is made; seconds. */
    private static void limitSlowClients() {
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        System.setProperty("sun.net.httpserver.maxRspTime", "30");
        System.setProperty("jdk.httpserver.maxConnections", "32");
        System.setProperty("sun.net.httpserver.maxReqHeaders", "50");
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!"/metrics".equals(exchange.getRequestURI().getPath())) {
                exchange.sendResponseHeaders(404, -1);
            } else if (!"GET".equals(exchange.getRequestMethod())) {
                exchange.getResponseHeaders().set("Allow", "GET");
                exchange.sendResponseHeaders(405, -1);
            } else if (!slots.tryAcquire()) {
                exchange.sendResponseHeaders(503, -1);
            } else {
                answer(exchange);
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try {
            Meters.Scrape answer = scrape.apply(exchange.getRequestHeaders().getFirst("Accept"));
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.sendResponseHeaders(200, answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            slots.release();
        }
    }
}
