package carafe.image.registry;

import carafe.base.CarafeException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Gets a bearer token from the server that a registry's challenge names. Redirects are not
 * followed: the request carries the password. Thread-safe.
 */
final class FetchToken {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_SCOPE = 2048;
    private static final Duration USUAL_VALIDITY = Duration.ofMinutes(1);
    private static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(16)
                                                    .maxDocumentLength(MAX_BYTES)
                                                    .build())
                                    .build())
                    .build();

    private final SendRequest sender;

    FetchToken(SendRequest sender) {
        this.sender = sender;
    }

    /**
     * What is to be asked of whom.
     *
     * @param challenge of scheme bearer
     * @param repository what the token is wanted for, when the challenge does not say
     * @throws CarafeException.Denied when credentials must not go where the challenge leads
     */
    static TokenRequest request(
            Endpoint endpoint, Challenge challenge, String repository, Credentials credentials) {
        URI realm = TargetPolicy.realm(endpoint.origin(), challenge.parameter("realm"));
        return new TokenRequest(realm, query(challenge, repository), credentials);
    }

    /**
     * @throws CarafeException.Denied when the server gives none for these credentials
     * @throws TransientException when it says to come back
     */
    TokenCache.Issued run(Endpoint endpoint, TokenRequest request) throws IOException {
        URI realm = request.realm();
        String query = request.query();
        Call call =
                switch (request.credentials()) {
                    case Credentials.Anonymous _ -> Call.get(withQuery(realm, query));
                    case Credentials.Bearer _ -> Call.get(withQuery(realm, query));
                    case Credentials.Basic basic ->
                            Call.get(withQuery(realm, query)).with("Authorization", basic.header());
                    case Credentials.Refresh refresh ->
                            new Call(
                                    realm,
                                    Map.of(),
                                    query
                                            + "&client_id=carafe&grant_type=refresh_token"
                                            + "&refresh_token="
                                            + encoded(refresh.token()));
                };
        boolean sameHost = Origin.of(realm).equals(endpoint.origin());
        Access access = sameHost ? endpoint.access() : endpoint.access().elsewhere();
        try (Answer answer = sender.send(call, access)) {
            return token(answer);
        }
    }

    private static String query(Challenge challenge, String repository) {
        String offered = challenge.parameter("scope");
        String scope =
                offered.isEmpty() || offered.length() > MAX_SCOPE
                        ? "repository:" + repository + ":pull"
                        : offered;
        String service = challenge.parameter("service");
        String first = service.isEmpty() ? "" : "service=" + encoded(service) + "&";
        return first + "scope=" + encoded(scope);
    }

    private static URI withQuery(URI realm, String query) {
        String own = realm.getRawQuery();
        String base = realm.toString();
        int fragment = base.indexOf('#');
        String clean = fragment < 0 ? base : base.substring(0, fragment);
        return URI.create(clean + (own == null ? "?" : "&") + query);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static TokenCache.Issued token(Answer answer) throws IOException {
        int status = answer.status();
        if (status == 429 || status >= 500) {
            throw new TransientException(
                    "its token server answers with status " + status, Refusal.pause(answer));
        }
        if (status != 200) {
            throw new CarafeException.Denied(
                    "token server %s gives no token: status %d"
                            .formatted(Origin.of(answer.uri()), status));
        }
        byte[] content = answer.read(MAX_BYTES);
        try {
            JsonNode root = JSON.readTree(content);
            for (String name : List.of("token", "access_token")) {
                JsonNode token = root.get(name);
                if (token != null && token.isString() && !token.stringValue().isEmpty()) {
                    return new TokenCache.Issued(
                            Credentials.printable(token.stringValue()), validity(root));
                }
            }
        } catch (JacksonException e) {
            throw new CarafeException.Denied(
                    "token server %s answers with what is no JSON"
                            .formatted(Origin.of(answer.uri())));
        }
        throw new CarafeException.Denied(
                "token server %s answers without a token".formatted(Origin.of(answer.uri())));
    }

    /** A minute where nothing is said (distribution's token specification). */
    private static Duration validity(JsonNode root) {
        JsonNode seconds = root.path("expires_in");
        return seconds.isIntegralNumber() && seconds.canConvertToInt()
                ? Duration.ofSeconds(Math.max(0, seconds.intValue()))
                : USUAL_VALIDITY;
    }
}
