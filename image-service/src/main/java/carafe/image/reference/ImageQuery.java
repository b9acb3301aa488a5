package carafe.image.reference;

import carafe.base.CarafeException;
import org.jspecify.annotations.Nullable;

/**
 * What a user may type to mean an image that is here: an id, a name, or the start of an id.
 *
 * @param id the whole id, when the text can be nothing else
 * @param reference the name it would be, when it has the form of one
 * @param idPrefix lower-case hexadecimal characters, when it could be the start of an id
 */
public record ImageQuery(
        @Nullable Digest id, @Nullable ImageReference reference, @Nullable String idPrefix) {
    private static final int SHA256_HEX = 64;

    /**
     * @throws CarafeException.Invalid when the text can mean no image
     */
    public static ImageQuery parse(String text) {
        if (text.startsWith("sha256:") || text.startsWith("sha512:")) {
            String hex = text.substring(text.indexOf(':') + 1);
            boolean whole = hex.length() >= SHA256_HEX;
            return whole
                    ? new ImageQuery(Digest.parse(text), null, null)
                    : new ImageQuery(null, referenceOrNull(text), prefixOrFail(hex, text));
        }
        if (text.length() == SHA256_HEX && Digest.isLowerHex(text)) {
            return new ImageQuery(new Digest(Digest.Algorithm.SHA256, text), null, null);
        }
        boolean prefix = !text.isEmpty() && text.length() < SHA256_HEX && Digest.isLowerHex(text);
        ImageReference reference = prefix ? referenceOrNull(text) : ImageReference.parse(text);
        return new ImageQuery(null, reference, prefix ? text : null);
    }

    private static String prefixOrFail(String hex, String text) {
        if (hex.isEmpty() || !Digest.isLowerHex(hex)) {
            throw new CarafeException.Invalid("not an image id: " + Excerpt.of(text));
        }
        return hex;
    }

    private static @Nullable ImageReference referenceOrNull(String text) {
        try {
            return ImageReference.parse(text);
        } catch (CarafeException.Invalid e) {
            return null;
        }
    }
}
