package carafe.streaming.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a client asks for.
 *
 * @param method first segment of the path
 * @param token its second one
 * @param protocols subprotocols in the client's order, may be empty
 * @param webSocketKey of the handshake, empty with SPDY
 */
record UpgradeRequest(
        String method,
        String token,
        Transport transport,
        List<String> protocols,
        String webSocketKey) {
    static final String SPDY_PROTOCOLS = "X-Stream-Protocol-Version";
    private static final int MAX_PROTOCOLS = 32;
    private static final int KEY_CHARACTERS = 24;

    /** What the connection becomes. */
    enum Transport {
        SPDY,
        WEB_SOCKET
    }

    /** The request, or why it is none that can be answered by an upgrade. */
    sealed interface Read {
        record Good(UpgradeRequest request) implements Read {}

        record Bad(Refusal why) implements Read {}
    }

    static Read read(HttpRequest request) {
        HttpHeaders headers = request.headers();
        Optional<Refusal> problem = problem(request);
        if (problem.isPresent()) {
            return new Read.Bad(problem.get());
        }
        String[] path = path(request.uri());
        if (path.length != 3) {
            return new Read.Bad(Refusal.unknown());
        }
        String upgrade = headers.get(HttpHeaderNames.UPGRADE, "").toLowerCase(Locale.ROOT);
        boolean asked = has(headers, HttpHeaderNames.CONNECTION, "upgrade");
        if (!asked || !(upgrade.equals("spdy/3.1") || upgrade.equals("websocket"))) {
            return new Read.Bad(Refusal.bad("upgrade the connection to SPDY/3.1 or websocket"));
        }
        return upgrade.equals("websocket")
                ? webSocket(path, request)
                : new Read.Good(
                        new UpgradeRequest(
                                path[1],
                                path[2],
                                Transport.SPDY,
                                list(headers, SPDY_PROTOCOLS),
                                ""));
    }

    private static Optional<Refusal> problem(HttpRequest request) {
        HttpHeaders headers = request.headers();
        if (request.decoderResult().isFailure()) {
            return Optional.of(Refusal.bad("this is no HTTP request within the limits"));
        }
        if (!request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            return Optional.of(Refusal.bad("an upgrade needs HTTP/1.1"));
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.POST)) {
            return Optional.of(Refusal.bad("use GET or POST"));
        }
        boolean body =
                headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                        || headers.contains(HttpHeaderNames.EXPECT)
                        || !headers.getAll(HttpHeaderNames.CONTENT_LENGTH).stream()
                                .allMatch("0"::equals);
        return body ? Optional.of(Refusal.bad("the request must have no body")) : Optional.empty();
    }

    private static Read webSocket(String[] path, HttpRequest request) {
        HttpHeaders headers = request.headers();
        String key = headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY, "");
        boolean good =
                request.method().equals(HttpMethod.GET)
                        && headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "").equals("13")
                        && key.length() == KEY_CHARACTERS;
        if (!good) {
            return new Read.Bad(
                    Refusal.bad("a WebSocket needs GET, version 13 and a key of 16 bytes"));
        }
        List<String> protocols = list(headers, HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL.toString());
        return new Read.Good(
                new UpgradeRequest(path[1], path[2], Transport.WEB_SOCKET, protocols, key));
    }

    private static String[] path(String uri) {
        int query = uri.indexOf('?');
        return (query < 0 ? uri : uri.substring(0, query)).split("/", 4);
    }

    private static boolean has(HttpHeaders headers, CharSequence name, String token) {
        return list(headers, name.toString()).stream().anyMatch(token::equalsIgnoreCase);
    }

    private static List<String> list(HttpHeaders headers, String name) {
        List<String> entries = new ArrayList<>();
        for (String line : headers.getAll(name)) {
            for (String entry : line.split(",", MAX_PROTOCOLS + 1)) {
                if (!entry.isBlank() && entries.size() < MAX_PROTOCOLS) {
                    entries.add(entry.strip());
                }
            }
        }
        return entries;
    }
}
