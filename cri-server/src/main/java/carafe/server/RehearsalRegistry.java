package carafe.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A registry on loopback that has one image, for a rehearsal of pulls before the first real one.
 * Serves whole blobs, to anybody on this machine, until closed; knows no ranges.
 */
final class RehearsalRegistry implements AutoCloseable {
    private static final String NAME = "rehearsal";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final long NOTHING = -1;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final RehearsalImage image;

    private RehearsalRegistry(HttpServer server, RehearsalImage image) {
        this.server = server;
        this.image = image;
    }

    static RehearsalRegistry open(RehearsalImage image) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        RehearsalRegistry registry = new RehearsalRegistry(server, image);
        server.setExecutor(registry.threads);
        server.createContext("/v2/", registry::answer);
        server.start();
        return registry;
    }

    /** What to pull. */
    String reference() {
        return "127.0.0.1:%d/%s:latest".formatted(server.getAddress().getPort(), NAME);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String last = path.substring(path.lastIndexOf('/') + 1);
            byte @Nullable [] content =
                    image.blobs().get("latest".equals(last) ? image.manifest() : last);
            if (content == null) {
                exchange.sendResponseHeaders(NOT_FOUND, NOTHING);
                return;
            }
            if (path.contains("/manifests/")) {
                exchange.getResponseHeaders().set("Content-Type", RehearsalImage.MANIFEST_TYPE);
                exchange.getResponseHeaders().set("Docker-Content-Digest", image.manifest());
            }
            boolean head = "HEAD".equals(exchange.getRequestMethod());
            exchange.sendResponseHeaders(OK, head ? NOTHING : content.length);
            if (!head) {
                try (OutputStream body = exchange.getResponseBody()) {
                    body.write(content);
                }
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
