package carafe.image;

/**
 * Credentials as a CRI client gives them; empty texts are absent. Which one is used, in this order:
 * registry token, identity token, user name with password, auth.
 *
 * @param auth base64 of {@code user:password}
 * @param serverAddress the only registry these credentials are for; empty means the reference's
 * @param identityToken refresh token for the registry's token server
 * @param registryToken bearer token, sent to the registry as it stands
 */
public record RegistryAuth(
        String username,
        String password,
        String auth,
        String serverAddress,
        String identityToken,
        String registryToken) {
    /** User name and password for the reference's own registry. */
    public static RegistryAuth basic(String username, String password) {
        return new RegistryAuth(username, password, "", "", "", "");
    }

    /** Whether nothing is in it that proves anything. */
    public boolean isEmpty() {
        return username.isEmpty()
                && auth.isEmpty()
                && identityToken.isEmpty()
                && registryToken.isEmpty();
    }

    /** Shows nothing of the secrets. */
    @Override
    public String toString() {
        return "RegistryAuth[redacted]";
    }
}
