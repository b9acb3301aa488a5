package carafe.testkit.registry;

import carafe.testkit.tls.SelfMadeIdentity;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A token server as docker-registry wants one: whoever knows the password, or has the refresh
 * token, gets a signed token for whatever it asks, everybody else gets nothing. On 127.0.0.1, plain
 * HTTP. Thread-safe; close it.
 */
public final class TokenServer implements AutoCloseable {
    /** The issuer that the registry is told. */
    public static final String ISSUER = "carafe-test";

    /** What the registry calls itself. */
    public static final String SERVICE = "registry-under-test";

    private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();
    private static final int VALID_SECONDS = 300;

    private final HttpServer server;
    private final ECPrivateKey key;
    private final String certificate;
    private final String login;
    private final String refreshToken;
    private final AtomicInteger issued = new AtomicInteger();

    private TokenServer(
            HttpServer server, SelfMadeIdentity identity, String login, String refreshToken)
            throws GeneralSecurityException {
        this.server = server;
        this.key =
                (ECPrivateKey)
                        KeyFactory.getInstance("EC")
                                .generatePrivate(new PKCS8EncodedKeySpec(der(identity.keyPem())));
        this.certificate = Base64.getEncoder().encodeToString(der(identity.certificatePem()));
        this.login = login;
        this.refreshToken = refreshToken;
    }

    /**
     * Starts one.
     *
     * @param identity an EC one, whose certificate the registry believes
     * @param login user and password with a colon between
     */
    public static TokenServer start(SelfMadeIdentity identity, String login, String refreshToken)
            throws IOException, GeneralSecurityException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 50);
        TokenServer tokens = new TokenServer(server, identity, login, refreshToken);
        server.createContext("/token", tokens::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return tokens;
    }

    private static byte[] der(String pem) {
        return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    }

    /** Where it is. */
    public String realm() {
        return "http://127.0.0.1:%d/token".formatted(server.getAddress().getPort());
    }

    /** How many tokens it has issued. */
    public int issued() {
        return issued.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body =
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String query = exchange.getRequestURI().getRawQuery();
            Map<String, String> asked = parameters(body.isEmpty() ? query : body);
            String header = exchange.getRequestHeaders().getFirst("Authorization");
            String basic = "Basic " + Base64.getEncoder().encodeToString(bytes(login));
            boolean known = basic.equals(header) || refreshToken.equals(asked.get("refresh_token"));
            if (!known) {
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            String token = token(asked.getOrDefault("scope", ""));
            issued.incrementAndGet();
            byte[] answer =
                    bytes(
                            "{\"access_token\":\"%1$s\",\"token\":\"%1$s\",\"expires_in\":%2$d}"
                                    .formatted(token, VALID_SECONDS));
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static Map<String, String> parameters(String text) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String each : text.split("&", -1)) {
            int equals = each.indexOf('=');
            if (equals > 0) {
                parameters.put(
                        each.substring(0, equals),
                        URLDecoder.decode(each.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return parameters;
    }

    /** A JSON web token, signed by the key, that carries its certificate. */
    private String token(String scope) throws GeneralSecurityException {
        long now = Instant.now().getEpochSecond();
        int bits = key.getParams().getOrder().bitLength(); // 256 or 384
        String head =
                "{\"typ\":\"JWT\",\"alg\":\"ES%d\",\"x5c\":[\"%s\"]}".formatted(bits, certificate);
        String claims =
                ("{\"iss\":\"%s\",\"sub\":\"me\",\"aud\":\"%s\",\"exp\":%d,\"nbf\":%d,\"iat\":%d,"
                                + "\"jti\":\"%d\",\"access\":[%s]}")
                        .formatted(
                                ISSUER,
                                SERVICE,
                                now + VALID_SECONDS,
                                now - 10,
                                now,
                                issued.get(),
                                access(scope));
        String signed = URL.encodeToString(bytes(head)) + "." + URL.encodeToString(bytes(claims));
        Signature signature = Signature.getInstance("SHA%dwithECDSAinP1363Format".formatted(bits));
        signature.initSign(key);
        signature.update(bytes(signed));
        return signed + "." + URL.encodeToString(signature.sign());
    }

    /** What a scope like {@code repository:a/b:pull,push} asks for is granted. */
    private static String access(String scope) {
        List<String> granted = new ArrayList<>();
        for (String each : scope.split(" ", -1)) {
            String[] parts = each.split(":", -1);
            if (parts.length == 3) {
                granted.add(
                        "{\"type\":\"%s\",\"name\":\"%s\",\"actions\":[\"%s\"]}"
                                .formatted(parts[0], parts[1], parts[2].replace(",", "\",\"")));
            }
        }
        return String.join(",", granted);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
