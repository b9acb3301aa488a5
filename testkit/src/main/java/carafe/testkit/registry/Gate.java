package carafe.testkit.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Who may enter a scripted registry. Thread-safe. */
public sealed interface Gate {
    /** Everybody. */
    record Open() implements Gate {}

    /** Whoever sends this user name and password. */
    record Basic(String username, String password) implements Gate {
        boolean admits(Received request) {
            return request.header("authorization").equals(header());
        }

        String header() {
            String pair = username + ":" + password;
            byte[] bytes = pair.getBytes(StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(bytes);
        }
    }

    /**
     * Whoever sends a token of the realm. The registry itself serves {@code /token}: to whoever
     * knows the user's password or posts the refresh token {@code refresh-<username>}, and to
     * everybody when the user name is empty.
     *
     * @param realm where clients are sent; the registry's own {@code /token} normally
     */
    record Bearer(String realm, Basic user, Set<String> issued, AtomicInteger count)
            implements Gate {
        /** A realm with nothing issued yet. */
        public static Bearer of(String realm, String username, String password) {
            return new Bearer(
                    realm,
                    new Basic(username, password),
                    ConcurrentHashMap.newKeySet(),
                    new AtomicInteger());
        }

        boolean admits(Received request) {
            String header = request.header("authorization");
            return header.startsWith("Bearer ") && issued.contains(header.substring(7));
        }

        Reply issue(Received request) {
            boolean known =
                    user.username().isEmpty()
                            || user.admits(request)
                            || request.body().contains("refresh_token=refresh-" + user.username());
            if (!known) {
                return Reply.error(401, "UNAUTHORIZED", "who are you");
            }
            String token = "secret-token-" + count.incrementAndGet();
            issued.add(token);
            String body = "{\"token\":\"%s\",\"expires_in\":300}".formatted(token);
            return new Reply(
                    200,
                    Map.of("Content-Type", "application/json"),
                    body.getBytes(StandardCharsets.UTF_8));
        }
    }
}
