package carafe.image.signature;

import carafe.image.reference.Digest;
import carafe.image.reference.ImageReference;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One signature of cosign's: the payload ("simple signing") and what was made over its bytes.
 * Nothing in it is believed before a key has verified it.
 *
 * @param payload base64 of the bytes that were signed
 * @param signature base64, as the annotation has it
 */
record SignedClaim(String payload, String signature) {
    private static final String TYPE = "cosign container image signature";
    private static final int MAX_DEPTH = 16;
    private static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    boolean isBy(VerificationKey key) {
        try {
            Base64.Decoder decoder = Base64.getDecoder();
            return key.hasSigned(decoder.decode(payload), decoder.decode(signature));
        } catch (IllegalArgumentException e) {
            return false; // not base64
        }
    }

    /**
     * What a verified payload says that does not fit; empty when all does.
     *
     * @param name registry and repository that the image is used as
     */
    String contradiction(Digest digest, String name, Rule.Identity identity) {
        JsonNode critical;
        try {
            critical = JSON.readTree(Base64.getDecoder().decode(payload)).path("critical");
        } catch (JacksonException | IllegalArgumentException e) {
            return "its payload is no JSON";
        }
        if (!TYPE.equals(critical.path("type").asString(""))) {
            return "its payload is not \"%s\"".formatted(TYPE);
        }
        String signed = critical.path("image").path("docker-manifest-digest").asString("");
        if (!digest.toString().equals(signed)) {
            return "it is for another digest";
        }
        String reference = critical.path("identity").path("docker-reference").asString("");
        return identity == Rule.Identity.ANY || isOf(reference, name)
                ? ""
                : "it was made for another repository";
    }

    private static boolean isOf(String reference, String name) {
        try {
            return ImageReference.parse(reference).name().equals(name);
        } catch (carafe.base.CarafeException.Invalid e) {
            return false;
        }
    }
}
