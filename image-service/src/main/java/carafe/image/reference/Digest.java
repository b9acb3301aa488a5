package carafe.image.reference;

import carafe.base.CarafeException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A content digest in its only accepted spellings: {@code sha256:} with 64 or {@code sha512:} with
 * 128 lower-case hexadecimal characters. A value of this type is safe as a path or URL component.
 *
 * @param algorithm how the content is hashed
 * @param hex the hash, lower case
 */
public record Digest(Algorithm algorithm, String hex) {
    /** The hash functions that registries use. */
    public enum Algorithm {
        /** SHA-256. */
        SHA256("sha256", "SHA-256", 64),
        /** SHA-512. */
        SHA512("sha512", "SHA-512", 128);

        private final String prefix;
        private final String javaName;
        private final int hexLength;

        Algorithm(String prefix, String javaName, int hexLength) {
            this.prefix = prefix;
            this.javaName = javaName;
            this.hexLength = hexLength;
        }

        /** A fresh hash computation. */
        public MessageDigest start() {
            try {
                return MessageDigest.getInstance(javaName);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("this JDK lacks " + javaName, e);
            }
        }
    }

    public Digest {
        if (hex.length() != algorithm.hexLength || !isLowerHex(hex)) {
            throw new CarafeException.Invalid(
                    "not a %s digest: %s".formatted(algorithm.prefix, Excerpt.of(hex)));
        }
    }

    /**
     * @throws CarafeException.Invalid unless the text is exactly a digest
     */
    public static Digest parse(String text) {
        for (Algorithm algorithm : Algorithm.values()) {
            if (text.startsWith(algorithm.prefix + ":")) {
                return new Digest(algorithm, text.substring(algorithm.prefix.length() + 1));
            }
        }
        throw new CarafeException.Invalid(
                "not a digest (sha256:… or sha512:…): " + Excerpt.of(text));
    }

    /** The SHA-256 digest of the content. */
    public static Digest of(byte[] content) {
        return finish(Algorithm.SHA256, Algorithm.SHA256.start(), content);
    }

    /** Whether the content has this digest. */
    public boolean matches(byte[] content) {
        return finish(algorithm, algorithm.start(), content).equals(this);
    }

    static boolean isLowerHex(String text) {
        return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    private static Digest finish(Algorithm algorithm, MessageDigest hash, byte[] content) {
        return new Digest(algorithm, HexFormat.of().formatHex(hash.digest(content)));
    }

    @Override
    public String toString() {
        return algorithm.prefix + ":" + hex;
    }
}
