package carafe.image.signature;

import carafe.base.CarafeException;
import carafe.image.manifest.ArtifactManifest;
import carafe.image.manifest.Descriptor;
import carafe.image.manifest.DocumentReader;
import carafe.image.reference.Digest;
import carafe.image.reference.ImageReference;
import carafe.image.registry.FetchedManifest;
import carafe.image.registry.RegistrySession;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Where cosign puts the signatures of an image: beside it, under a tag made of its digest, a
 * manifest with one payload per layer and the signature in the layer's annotation. Thread-safe.
 */
final class CosignTag {
    private static final String PAYLOAD = "application/vnd.dev.cosign.simplesigning.v1+json";
    private static final String SIGNATURE = "dev.cosignproject.cosign/signature";
    private static final int MAX_CLAIMS = 64;
    private static final int MAX_PAYLOAD = 64 * 1024;
    private static final int MAX_SIGNATURE = 16 * 1024;

    private final Function<ImageReference, RegistrySession> sessions;

    /**
     * @param sessions opens a session for a reference with the caller's credentials
     */
    CosignTag(Function<ImageReference, RegistrySession> sessions) {
        this.sessions = sessions;
    }

    /** The reference of an image's signatures. */
    static ImageReference of(ImageReference image, Digest digest) {
        String algorithm = digest.algorithm().name().toLowerCase(Locale.ROOT);
        return new ImageReference(
                image.registry(),
                image.repository(),
                "%s-%s.sig".formatted(algorithm, digest.hex()),
                null);
    }

    /**
     * All signatures that are there, unchecked; none when there is no such tag.
     *
     * @throws CarafeException.Unavailable when the registry does not answer
     */
    List<SignedClaim> fetch(ImageReference image, Digest digest) {
        RegistrySession session = sessions.apply(of(image, digest));
        FetchedManifest fetched;
        try {
            fetched = session.resolve();
        } catch (CarafeException.NotFound e) {
            return List.of();
        }
        ArtifactManifest manifest =
                new DocumentReader().readArtifact(fetched.content(), fetched.mediaType());
        List<SignedClaim> claims = new ArrayList<>();
        for (Descriptor layer : manifest.blobs()) {
            String signature = layer.annotations().getOrDefault(SIGNATURE, "");
            boolean usable =
                    layer.mediaType().equals(PAYLOAD)
                            && !signature.isEmpty()
                            && signature.length() <= MAX_SIGNATURE
                            && layer.sizeBytes() <= MAX_PAYLOAD
                            && claims.size() < MAX_CLAIMS;
            if (usable) {
                byte[] payload = payload(session, layer);
                claims.add(new SignedClaim(Base64.getEncoder().encodeToString(payload), signature));
            }
        }
        return claims;
    }

    private static byte[] payload(RegistrySession session, Descriptor layer) {
        try (InputStream in = session.blob(layer, 0)) {
            byte[] content = in.readNBytes(MAX_PAYLOAD + 1);
            if (!layer.digest().matches(content)) {
                throw new CarafeException.Invalid(
                        "a signature's payload is not what its digest %s says"
                                .formatted(layer.digest()));
            }
            return content;
        } catch (IOException e) {
            throw new CarafeException.Unavailable(
                    "RegistryUnavailable: cannot read a signature's payload %s: %s"
                            .formatted(layer.digest(), e.getMessage()),
                    e);
        }
    }
}
