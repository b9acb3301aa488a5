package carafe.image.registry;

import carafe.base.CarafeException;
import carafe.image.manifest.DocumentReader;
import carafe.image.manifest.MediaTypes;
import carafe.image.reference.Digest;
import carafe.image.reference.Excerpt;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** GET /v2/(repository)/manifests/(tag or digest). Thread-safe. */
final class ResolveManifest {
    private static final Set<String> SAYS_NOTHING =
            Set.of("", "application/json", "application/octet-stream", "text/plain");

    private final Authorization registry;
    private final Endpoint endpoint;
    private final Redactor secrets;

    ResolveManifest(Authorization registry, Endpoint endpoint, Redactor secrets) {
        this.registry = registry;
        this.endpoint = endpoint;
        this.secrets = secrets;
    }

    /**
     * @param target a tag, or the digest's text
     * @param pinned the digest when one was asked for
     * @throws CarafeException.NotFound when the registry has no such manifest
     * @throws CarafeException.Invalid when it is too large or not the one that was asked for
     */
    FetchedManifest run(String repository, String target, @Nullable Digest pinned)
            throws IOException {
        String what = "image " + repository + (pinned == null ? ":" : "@") + target;
        Call call =
                Call.get(endpoint.resource(repository + "/manifests/" + target))
                        .with("Accept", String.join(", ", MediaTypes.ACCEPTED));
        try (Answer answer = registry.send(call)) {
            if (answer.status() != 200) {
                throw Refusal.of(answer, what, secrets);
            }
            byte[] content = content(answer, what);
            if (pinned == null) {
                Digest digest = checked(Digest.of(content), answer, content, what);
                return new FetchedManifest(digest, contentType(answer), content);
            }
            if (!pinned.matches(content)) {
                throw mismatch(what, answer);
            }
            return new FetchedManifest(pinned, "", content);
        }
    }

    private static byte[] content(Answer answer, String what) throws IOException {
        try {
            return answer.read(DocumentReader.MAX_BYTES);
        } catch (OversizeException e) {
            throw new CarafeException.Invalid(
                    "%s: its manifest has more than %d bytes"
                            .formatted(what, DocumentReader.MAX_BYTES));
        }
    }

    private static Digest checked(Digest own, Answer answer, byte[] content, String what) {
        String claimed = answer.header("Docker-Content-Digest");
        if (claimed.isEmpty()) {
            return own;
        }
        Digest digest = Digest.parse(claimed);
        if (!digest.matches(content)) {
            throw mismatch(what, answer);
        }
        return digest;
    }

    private static CarafeException.Invalid mismatch(String what, Answer answer) {
        return new CarafeException.Invalid(
                "%s: registry %s sends other content than its digest says"
                        .formatted(what, Origin.of(answer.uri())));
    }

    private static String contentType(Answer answer) {
        String header = answer.header("Content-Type");
        int semicolon = header.indexOf(';');
        String type =
                (semicolon < 0 ? header : header.substring(0, semicolon))
                        .strip()
                        .toLowerCase(Locale.ROOT);
        return SAYS_NOTHING.contains(type) ? "" : Excerpt.plain(type);
    }
}
