package carafe.testkit.registry;

import carafe.testkit.image.Blob;
import carafe.testkit.image.TestImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * A registry on loopback that serves what was pushed into it, misbehaves where a test says so, and
 * remembers every request. Thread-safe; close it.
 */
public final class ScriptedRegistry implements AutoCloseable {
    private static final String MANIFESTS = "/manifests/";
    private static final String BLOBS = "/blobs/";
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,9})-(\\d{0,9})");

    private final ServerSocket server;
    private final Map<String, Blob> manifests = new ConcurrentHashMap<>();
    private final Map<String, Blob> blobs = new ConcurrentHashMap<>();
    private final List<Script> scripts = new CopyOnWriteArrayList<>();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Gate gate = new Gate.Open();

    private record Script(String pathPart, Deque<Answer> answers) {}

    private ScriptedRegistry(ServerSocket server) {
        this.server = server;
    }

    /** Starts one on 127.0.0.1, plain HTTP. */
    public static ScriptedRegistry start() throws IOException {
        return start("127.0.0.1");
    }

    /** Starts one on any loopback address, plain HTTP. */
    public static ScriptedRegistry start(String address) throws IOException {
        return serving(new ServerSocket(), address);
    }

    /** Starts one on 127.0.0.1 with TLS. */
    public static ScriptedRegistry startTls(SSLContext tls) throws IOException {
        return serving(tls.getServerSocketFactory().createServerSocket(), "127.0.0.1");
    }

    /** As {@link #startTls}, refusing clients without a certificate that the context trusts. */
    public static ScriptedRegistry startTlsAsking(SSLContext tls) throws IOException {
        ServerSocket server = tls.getServerSocketFactory().createServerSocket();
        ((SSLServerSocket) server).setNeedClientAuth(true);
        return serving(server, "127.0.0.1");
    }

    private static ScriptedRegistry serving(ServerSocket server, String address)
            throws IOException {
        server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0), 100);
        ScriptedRegistry registry = new ScriptedRegistry(server);
        Thread.ofVirtual().name("scripted-registry").start(registry::accept);
        return registry;
    }

    /** Host and port, as an image reference names them. */
    public String host() {
        String address = server.getInetAddress().getHostAddress();
        String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
        return host + ":" + server.getLocalPort();
    }

    /** Stores the image under a tag and its digest; returns the full reference. */
    public String push(String repository, String tag, TestImage image) {
        store(repository, image);
        manifests.put(repository + MANIFESTS + tag, image.manifest());
        return "%s/%s:%s".formatted(host(), repository, tag);
    }

    /** Stores an index under a tag and its digest, and the images it lists. */
    public String pushIndex(String repository, String tag, Blob index, TestImage... images) {
        Arrays.stream(images).forEach(image -> store(repository, image));
        manifests.put(repository + MANIFESTS + index.digest(), index);
        manifests.put(repository + MANIFESTS + tag, index);
        return "%s/%s:%s".formatted(host(), repository, tag);
    }

    private void store(String repository, TestImage image) {
        image.blobs().forEach(blob -> blobs.put(repository + BLOBS + blob.digest(), blob));
        manifests.put(repository + MANIFESTS + image.manifest().digest(), image.manifest());
    }

    /**
     * Answers the next requests whose path contains the text, one each, in this order; then right
     * again.
     */
    public void script(String pathPart, Answer... answers) {
        scripts.add(new Script(pathPart, new ArrayDeque<>(List.of(answers))));
    }

    /** Sets who may enter from now on. */
    public void gate(Gate gate) {
        this.gate = gate;
    }

    /** All requests so far, oldest first. */
    public List<Received> received() {
        return List.copyOf(received);
    }

    /** The requests whose path contains the text. */
    public List<Received> received(String pathPart) {
        return received.stream().filter(r -> r.path().contains(pathPart)).toList();
    }

    /** How many connections are open now. */
    public int connections() {
        return open.size();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().name("scripted-registry-request").start(() -> serve(socket));
            } catch (IOException e) {
                // closed, or a client that was gone before it was accepted
            }
        }
    }

    private void serve(Socket socket) {
        try (HttpWire wire = new HttpWire(socket)) {
            Received request = wire.receive();
            received.add(request);
            Reply right = right(request);
            Reply sent =
                    request.method().equals("HEAD")
                            ? new Reply(right.status(), right.headers(), new byte[0])
                            : right;
            answerFor(request).send(request, sent, wire);
        } catch (IOException e) {
            // the client went away, or the test closed the registry
        } finally {
            open.remove(socket);
        }
    }

    private synchronized Answer answerFor(Received request) {
        for (Script script : scripts) {
            if (request.path().contains(script.pathPart()) && !script.answers().isEmpty()) {
                return script.answers().remove();
            }
        }
        return Answer.RIGHT;
    }

    private Reply right(Received request) {
        String path = request.path();
        return switch (gate) {
            case Gate.Open _ -> content(request);
            case Gate.Basic basic when basic.admits(request) -> content(request);
            case Gate.Basic _ -> denied("Basic realm=\"scripted\"");
            case Gate.Bearer bearer when path.equals("/token") -> bearer.issue(request);
            case Gate.Bearer bearer when bearer.admits(request) -> content(request);
            case Gate.Bearer bearer ->
                    denied(
                            "Bearer realm=\"%s\",service=\"scripted\",scope=\"repository:%s:pull\""
                                    .formatted(bearer.realm(), repositoryOf(path)));
        };
    }

    private static Reply denied(String challenge) {
        return Reply.error(401, "UNAUTHORIZED", "authentication required")
                .with("WWW-Authenticate", challenge);
    }

    private static String repositoryOf(String path) {
        int end = Math.max(path.indexOf(MANIFESTS), path.indexOf(BLOBS));
        return end < 0 ? "" : path.substring("/v2/".length(), end);
    }

    private Reply content(Received request) {
        String key = request.path().startsWith("/v2/") ? request.path().substring(4) : "";
        Blob manifest = manifests.get(key);
        if (manifest != null) {
            return new Reply(
                    200,
                    Map.of(
                            "Content-Type", manifest.mediaType(),
                            "Docker-Content-Digest", manifest.digest()),
                    manifest.content());
        }
        Blob blob = blobs.get(key);
        if (blob != null) {
            return ranged(blob, request.header("range"));
        }
        boolean blobPath = key.contains(BLOBS);
        return Reply.error(404, blobPath ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN", "not here");
    }

    private static Reply ranged(Blob blob, String range) {
        Map<String, String> headers = Map.of("Content-Type", "application/octet-stream");
        Matcher wanted = RANGE.matcher(range);
        if (!wanted.matches()) {
            return new Reply(200, headers, blob.content());
        }
        int total = blob.content().length;
        int from = Integer.parseInt(wanted.group(1));
        String last = wanted.group(2);
        int end = last.isEmpty() ? total : Math.min(total, Integer.parseInt(last) + 1);
        if (from >= end) {
            return Reply.error(416, "RANGE", "there are %d bytes".formatted(total));
        }
        byte[] part = Arrays.copyOfRange(blob.content(), from, end);
        return new Reply(206, headers, part)
                .with("Content-Range", "bytes %d-%d/%d".formatted(from, end - 1, total));
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
