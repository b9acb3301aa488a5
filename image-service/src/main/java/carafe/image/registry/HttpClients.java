package carafe.image.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP client per kind of access, made when first needed and again when a certificate or key it
 * was made of has changed. No client follows redirects, keeps cookies or answers challenges by
 * itself. HTTP/1.1: parallel blobs get connections of their own. Thread-safe; owns the clients.
 */
final class HttpClients implements AutoCloseable {
    private final ConcurrentHashMap<Kind, Made> clients = new ConcurrentHashMap<>();
    private final Duration connectDeadline;
    private final Proxies proxies;

    HttpClients(Duration connectDeadline, Proxies proxies) {
        // Read by the JDK's client when it is loaded: it leaves out a proxy's password otherwise.
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        this.connectDeadline = connectDeadline;
        this.proxies = proxies;
    }

    /**
     * What makes clients differ.
     *
     * @param trust absent without encryption
     * @param proxy absent for none
     */
    private record Kind(
            @Nullable Trust trust,
            List<ClientKey> keys,
            Duration connect,
            Proxies.@Nullable HttpProxy proxy) {
        List<Path> files() {
            List<Path> files = new ArrayList<>();
            if (trust instanceof Trust.Authorities(var authorities)) {
                files.addAll(authorities);
            }
            keys.forEach(key -> files.addAll(key.files()));
            return files;
        }
    }

    /**
     * @param stamps what the files were like that it was made of
     */
    private record Made(HttpClient client, List<String> stamps) {}

    /** The client for this address; authorities are only read where there is encryption. */
    HttpClient with(URI uri, Access access) {
        Duration configured = access.connect();
        Duration connect = configured == null ? connectDeadline : configured;
        Proxies.HttpProxy proxy = proxies.of(uri).orElse(null);
        Kind kind =
                Origin.of(uri).isEncrypted()
                        ? new Kind(access.trust(), access.keys(), connect, proxy)
                        : new Kind(null, List.of(), connect, proxy);
        List<String> stamps = kind.files().stream().map(HttpClients::stamp).toList();
        return clients.compute(
                        kind,
                        (_, made) -> {
                            if (made != null && made.stamps().equals(stamps)) {
                                return made;
                            }
                            if (made != null) {
                                made.client().shutdown(); // requests under way end as they began
                            }
                            return new Made(create(kind), stamps);
                        })
                .client();
    }

    private static String stamp(Path file) {
        try {
            return Files.getLastModifiedTime(file) + " " + Files.size(file);
        } catch (IOException e) {
            return "missing"; // reading it will say so better
        }
    }

    private static HttpClient create(Kind kind) {
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(kind.connect())
                        .executor(Executors.newVirtualThreadPerTaskExecutor());
        Proxies.HttpProxy proxy = kind.proxy();
        builder.proxy(
                proxy == null
                        ? HttpClient.Builder.NO_PROXY
                        : ProxySelector.of(
                                InetSocketAddress.createUnresolved(proxy.host(), proxy.port())));
        Trust trust = kind.trust();
        if (trust != null) {
            SSLContext tls = TlsTrust.context(trust, kind.keys());
            builder.sslContext(tls);
        }
        return builder.build();
    }

    @Override
    public void close() {
        clients.values().forEach(made -> made.client().shutdownNow());
    }
}
