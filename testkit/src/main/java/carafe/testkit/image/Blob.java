package carafe.testkit.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Bytes with a media type.
 *
 * @param content owned by the blob; do not change it
 */
@SuppressWarnings("ArrayRecordComponent") // tests share the bytes on purpose
public record Blob(String mediaType, byte[] content) {
    /** {@code sha256:…} of the content. */
    public String digest() {
        return digestOf(content);
    }

    /** The JSON descriptor of this blob. */
    public String descriptor() {
        return descriptor("");
    }

    /**
     * @param more further JSON members, each starting with a comma
     */
    public String descriptor(String more) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
                .formatted(mediaType, digest(), content.length, more);
    }

    static String digestOf(byte[] content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
            return "sha256:" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
