package carafe.streaming.server;

import carafe.base.CarafeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and keys as PEM (RFC 7468). Every failure is a {@link CarafeException.Precondition}
 * that names the setting, the file and what to do.
 */
final class PemFiles {
    private static final int MAX_BYTES = 1 << 20;
    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----([A-Za-z0-9+/=\\s]*)-----END"
                            + " \\1PRIVATE KEY-----");

    private PemFiles() {}

    /** All certificates of a file, at least one. */
    static List<X509Certificate> certificates(String setting, Path file) {
        byte[] content = read(setting, file);
        try {
            List<X509Certificate> all =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(content))
                            .stream()
                            .map(PemFiles::x509)
                            .toList();
            if (all.isEmpty()) {
                throw new CarafeException.Precondition(
                        "%s: %s has no certificate; it must be PEM, as between BEGIN CERTIFICATE and END CERTIFICATE"
                                .formatted(setting, file));
            }
            return all;
        } catch (CertificateException e) {
            throw new CarafeException.Precondition(
                    "%s: %s has no certificates that can be read (%s); it must be PEM"
                            .formatted(setting, file, e.getMessage()),
                    e);
        }
    }

    private static X509Certificate x509(Certificate certificate) {
        return (X509Certificate) certificate;
    }

    /** The private key of a file. */
    static PrivateKey key(String setting, Path file) {
        String content = new String(read(setting, file), StandardCharsets.ISO_8859_1);
        Matcher found = KEY.matcher(content);
        if (!found.find()) {
            throw new CarafeException.Precondition(
                    "%s: %s has no private key; it must be PEM, as between BEGIN PRIVATE KEY and END PRIVATE KEY"
                            .formatted(setting, file));
        }
        if (!found.group(1).isEmpty()) {
            throw new CarafeException.Precondition(
                    "%s: %s has a %sPRIVATE KEY, which is not read here; convert it: openssl pkcs8 -topk8 -nocrypt -in %s"
                            .formatted(setting, file, found.group(1), file));
        }
        byte[] der = decoded(setting, file, found.group(2));
        return List.of("EC", "RSA", "Ed25519").stream()
                .flatMap(algorithm -> key(algorithm, der).stream())
                .findFirst()
                .orElseThrow(() ->
                        broken(
                                setting,
                                file,
                                new GeneralSecurityException("neither EC, RSA nor Ed25519")));
    }

    private static byte[] decoded(String setting, Path file, String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw broken(setting, file, e);
        }
    }

    private static Optional<PrivateKey> key(String algorithm, byte[] der) {
        try {
            KeyFactory factory = KeyFactory.getInstance(algorithm);
            return Optional.of(factory.generatePrivate(new PKCS8EncodedKeySpec(der)));
        } catch (GeneralSecurityException e) {
            return Optional.empty(); // a key of another kind, or none
        }
    }

    private static CarafeException broken(String setting, Path file, Exception cause) {
        return new CarafeException.Precondition(
                "%s: the private key in %s cannot be read (%s); write an EC, RSA or Ed25519 key as PKCS #8"
                        .formatted(setting, file, cause.getMessage()),
                cause);
    }

    /** Whether what the key signs is what the certificate verifies. */
    static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> "Ed25519";
                };
        byte[] probe = "carafe".getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(probe);
            byte[] signed = signing.sign();
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certificate.getPublicKey());
            verifying.update(probe);
            return verifying.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // a key of another kind
        }
    }

    private static byte[] read(String setting, Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new CarafeException.Precondition(
                        "%s: %s is larger than 1 MiB, so it is no PEM file of ours"
                                .formatted(setting, file));
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new CarafeException.Precondition(
                    "%s: there is no %s; put the file there or clear the setting"
                            .formatted(setting, file),
                    e);
        } catch (IOException e) {
            throw new CarafeException.Precondition(
                    "%s: %s cannot be read (%s); see its kind and mode"
                            .formatted(setting, file, e.getMessage()),
                    e);
        }
    }
}
