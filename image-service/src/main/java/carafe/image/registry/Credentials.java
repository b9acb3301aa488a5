package carafe.image.registry;

import carafe.base.CarafeException;
import carafe.image.RegistryAuth;
import carafe.image.credential.ServerName;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** What a caller can prove itself with. Texts are printable and never shown. */
sealed interface Credentials {
    /** Nothing. */
    record Anonymous() implements Credentials {}

    /** User name and password, for the registry or its token server. */
    record Basic(String username, String password) implements Credentials {
        String header() {
            String pair = username + ":" + password;
            return "Basic "
                    + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String toString() {
            return "Basic[redacted]";
        }
    }

    /** A refresh token for the token server. */
    record Refresh(String token) implements Credentials {
        @Override
        public String toString() {
            return "Refresh[redacted]";
        }
    }

    /** A bearer token for the registry. */
    record Bearer(String token) implements Credentials {
        @Override
        public String toString() {
            return "Bearer[redacted]";
        }
    }

    /**
     * The credentials to use with a registry; none when they are for another server.
     *
     * @throws CarafeException.Invalid when they are malformed; the message shows nothing of them
     */
    static Credentials of(Optional<RegistryAuth> given, String registry) {
        if (given.isEmpty() || !isFor(given.get().serverAddress(), registry)) {
            return new Anonymous();
        }
        RegistryAuth auth = given.get();
        if (!auth.registryToken().isEmpty()) {
            return new Bearer(printable(auth.registryToken()));
        }
        if (!auth.identityToken().isEmpty()) {
            return new Refresh(auth.identityToken());
        }
        if (!auth.username().isEmpty()) {
            return new Basic(auth.username(), auth.password());
        }
        return auth.auth().isEmpty() ? new Anonymous() : decoded(auth.auth());
    }

    private static Basic decoded(String auth) {
        String pair;
        try {
            byte[] bytes = Base64.getDecoder().decode(auth.strip());
            pair = new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new CarafeException.Invalid("the registry credentials' auth is not base64");
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            throw new CarafeException.Invalid(
                    "the registry credentials' auth is not user:password in base64");
        }
        String password = pair.substring(colon + 1);
        int nul = password.indexOf('\0');
        return new Basic(pair.substring(0, colon), nul < 0 ? password : password.substring(0, nul));
    }

    /** A token that may stand in a header. */
    static String printable(String token) {
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new CarafeException.Invalid("a registry token is not printable text");
        }
        return token;
    }

    private static boolean isFor(String serverAddress, String registry) {
        return serverAddress.isEmpty() || ServerName.matches(serverAddress, registry);
    }
}
