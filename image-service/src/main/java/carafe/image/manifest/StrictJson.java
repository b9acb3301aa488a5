package carafe.image.manifest;

import carafe.base.CarafeException;
import carafe.image.reference.Excerpt;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a JSON object from an untrusted peer: bounded size, depth and number of tokens, no
 * duplicate keys, nothing behind the object. Keys that differ from a known one in case only are
 * refused, because other readers take them for it. Thread-safe.
 */
final class StrictJson {
    private static final int MAX_DEPTH = 64;
    private static final long MAX_TOKENS = 500_000;
    private static final int MAX_NUMBER = 32;

    private final String what;
    private final int maxBytes;
    private final JsonMapper mapper;

    /**
     * @param what the document's kind, for messages
     */
    StrictJson(String what, int maxBytes) {
        this.what = what;
        this.maxBytes = maxBytes;
        StreamReadConstraints bounds =
                StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxTokenCount(MAX_TOKENS)
                        .maxNumberLength(MAX_NUMBER)
                        .maxDocumentLength(maxBytes)
                        .maxStringLength(maxBytes)
                        .build();
        JsonFactory factory =
                JsonFactory.builder()
                        .streamReadConstraints(bounds)
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                        .build();
        this.mapper =
                JsonMapper.builder(factory)
                        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .build();
    }

    /**
     * @throws CarafeException.Invalid for anything but one well-formed object within the bounds
     */
    ObjectNode read(byte[] content) {
        if (content.length > maxBytes) {
            throw new CarafeException.Invalid(
                    "%s has %d bytes, at most %d are accepted"
                            .formatted(what, content.length, maxBytes));
        }
        if (content.length > 2
                && (content[0] == 0 || content[1] == 0 || (content[0] & 0xff) >= 0xef)) {
            throw new CarafeException.Invalid(what + " is not plain UTF-8 text");
        }
        try {
            JsonNode root = mapper.readTree(content);
            if (root instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw new CarafeException.Invalid(
                    "%s is not acceptable JSON: %s"
                            .formatted(what, Excerpt.plain(e.getOriginalMessage())));
        }
        throw new CarafeException.Invalid(what + " is not a JSON object");
    }

    /** Refuses keys of the object that equal a known one except for upper and lower case. */
    void refuseLookalikes(ObjectNode object, String... known) {
        Set<String> exact = Set.copyOf(Arrays.asList(known));
        for (String key : object.propertyNames()) {
            for (String name : known) {
                if (!exact.contains(key)
                        && key.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
                    throw new CarafeException.Invalid(
                            "%s has a key %s beside or instead of %s"
                                    .formatted(what, Excerpt.of(key), Excerpt.of(name)));
                }
            }
        }
    }
}
