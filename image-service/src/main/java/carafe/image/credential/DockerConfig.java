package carafe.image.credential;

import carafe.base.CarafeException;
import carafe.image.RegistryAuth;
import carafe.image.reference.Excerpt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Credentials in the form of Docker's {@code config.json}: {@code auths}, {@code credHelpers} and
 * {@code credsStore}; what else stands there is ignored. Read afresh each time it is asked.
 * Thread-safe.
 */
public final class DockerConfig implements NodeCredentials {
    private static final int MAX_BYTES = 1 << 20;
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

    private final Path file;
    private final CredentialProgram helpers;

    /**
     * @param file may be missing
     */
    public DockerConfig(Path file, CredentialProgram helpers) {
        this.file = file;
        this.helpers = helpers;
    }

    @Override
    public Optional<RegistryAuth> of(String server) {
        JsonNode root = read();
        for (Map.Entry<String, JsonNode> helper : root.path("credHelpers").properties()) {
            if (ServerName.matches(helper.getKey(), server)) {
                return helpers.get(helper.getValue().asString(""), ServerName.forHelper(server));
            }
        }
        String store = root.path("credsStore").asString("");
        if (!store.isEmpty()) {
            Optional<RegistryAuth> kept = helpers.get(store, ServerName.forHelper(server));
            if (kept.isPresent()) {
                return kept;
            }
        }
        return inFile(root.path("auths"), server);
    }

    private static Optional<RegistryAuth> inFile(JsonNode auths, String server) {
        for (Map.Entry<String, JsonNode> entry : auths.properties()) {
            if (ServerName.matches(entry.getKey(), server)) {
                RegistryAuth auth = auth(entry.getValue());
                if (!auth.isEmpty()) {
                    return Optional.of(auth);
                }
            }
        }
        return Optional.empty();
    }

    private static RegistryAuth auth(JsonNode entry) {
        return new RegistryAuth(
                entry.path("username").asString(""),
                entry.path("password").asString(""),
                entry.path("auth").asString(""),
                "",
                entry.path("identitytoken").asString(""),
                entry.path("registrytoken").asString(""));
    }

    private JsonNode read() {
        try (var in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw wrong("it is larger than %d bytes".formatted(MAX_BYTES));
            }
            return JSON.readTree(content);
        } catch (NoSuchFileException e) {
            return JSON.createObjectNode();
        } catch (IOException e) {
            throw wrong(Excerpt.plain(e.toString()));
        } catch (JacksonException e) {
            // Its own message may show what stands in the file.
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw wrong("it is no JSON, see line " + line);
        }
    }

    private CarafeException.Precondition wrong(String why) {
        return new CarafeException.Precondition(
                "cannot use the registry credentials in %s: %s".formatted(file, why));
    }
}
