package carafe.image.signature;

import carafe.base.CarafeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A public key as cosign writes it (PEM, SubjectPublicKeyInfo), and how signatures are made with
 * its kind: ECDSA over SHA-256, Ed25519, RSA PKCS #1 v1.5 over SHA-256. Immutable.
 */
final class VerificationKey {
    private static final int MAX_BYTES = 64 * 1024;
    private static final int LEAST_RSA_BITS = 2048;
    private static final Pattern PEM =
            Pattern.compile(
                    "-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");
    private static final List<Kind> KINDS =
            List.of(
                    new Kind("EC", "SHA256withECDSA"),
                    new Kind("Ed25519", "Ed25519"),
                    new Kind("RSA", "SHA256withRSA"));

    private final PublicKey key;
    private final String algorithm;

    private VerificationKey(PublicKey key, String algorithm) {
        this.key = key;
        this.algorithm = algorithm;
    }

    private record Kind(String key, String signature) {}

    /**
     * @throws CarafeException.Precondition when the file holds no key that can be used
     */
    static VerificationKey read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.US_ASCII);
            Matcher pem = PEM.matcher(text);
            if (!pem.find()) {
                throw new CarafeException.Precondition(
                        file + " holds no public key (PEM, BEGIN PUBLIC KEY)");
            }
            return parse(file, Base64.getMimeDecoder().decode(pem.group(1)));
        } catch (IOException | IllegalArgumentException e) {
            throw new CarafeException.Precondition(
                    "cannot read the key %s: %s".formatted(file, e), e);
        }
    }

    private static VerificationKey parse(Path file, byte[] encoded) {
        for (Kind kind : KINDS) {
            try {
                PublicKey key =
                        KeyFactory.getInstance(kind.key())
                                .generatePublic(new X509EncodedKeySpec(encoded));
                refuseWeak(file, key);
                return new VerificationKey(key, kind.signature());
            } catch (InvalidKeySpecException e) {
                // another kind of key
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has " + kind.key(), e);
            }
        }
        throw new CarafeException.Precondition(file + " is no ECDSA, Ed25519 or RSA key");
    }

    private static void refuseWeak(Path file, PublicKey key) {
        boolean weak =
                switch (key) {
                    case RSAPublicKey rsa -> rsa.getModulus().bitLength() < LEAST_RSA_BITS;
                    case EdECPublicKey edwards -> !edwards.getParams().getName().equals("Ed25519");
                    default -> false;
                };
        if (weak) {
            throw new CarafeException.Precondition(
                    file + " is too weak or of a kind that cosign does not make");
        }
    }

    /** Whether the key's owner has signed these bytes. */
    boolean hasSigned(byte[] content, byte[] signature) {
        try {
            Signature check = Signature.getInstance(algorithm);
            check.initVerify(key);
            check.update(content);
            return check.verify(signature);
        } catch (SignatureException e) {
            return false; // not even the form of a signature
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("verify with " + algorithm, e);
        }
    }
}
