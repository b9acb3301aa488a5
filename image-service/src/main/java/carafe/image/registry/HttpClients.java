package carafe.image.registry;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * One HTTP client per kind of trust, made when first needed. No client follows redirects, keeps
 * cookies or answers challenges by itself. HTTP/1.1: parallel blobs get connections of their own.
 * Thread-safe; owns the clients.
 */
final class HttpClients implements AutoCloseable {
    private final ConcurrentHashMap<Trust, HttpClient> encrypted = new ConcurrentHashMap<>();
    private final HttpClient plain;
    private final Duration connectDeadline;

    HttpClients(Duration connectDeadline) {
        this.connectDeadline = connectDeadline;
        this.plain = builder().build();
    }

    /** The client for this address; authorities are only read where there is encryption. */
    HttpClient with(URI uri, Trust trust) {
        boolean tls = Origin.of(uri).isEncrypted();
        return tls ? encrypted.computeIfAbsent(trust, this::create) : plain;
    }

    private HttpClient create(Trust trust) {
        return switch (trust) {
            case Trust.Machine _ ->
                    TlsTrust.ofMachine().map(builder()::sslContext).orElse(builder()).build();
            case Trust.Authorities(var files) ->
                    builder().sslContext(TlsTrust.withAuthorities(files)).build();
            case Trust.Anybody _ -> builder().sslContext(TlsTrust.ofAnybody()).build();
        };
    }

    private HttpClient.Builder builder() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectDeadline)
                .executor(Executors.newVirtualThreadPerTaskExecutor());
    }

    @Override
    public void close() {
        plain.shutdownNow();
        encrypted.values().forEach(HttpClient::shutdownNow);
    }
}
