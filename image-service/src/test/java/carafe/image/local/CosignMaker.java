package carafe.image.local;

import carafe.testkit.image.Blob;
import carafe.testkit.registry.RawPush;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Signs as cosign does and pushes the signatures to a registry without TLS. */
final class CosignMaker {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private final RawPush registry;
    private final List<String> layers = new ArrayList<>();

    CosignMaker(String host, String repository) {
        this.registry = new RawPush(host, repository);
    }

    /** One signer's keys; the algorithm is as the JDK names it. */
    record Signer(KeyPair keys, String algorithm) {
        static Signer ecdsa() throws GeneralSecurityException {
            return of("EC", 256, "SHA256withECDSA");
        }

        static Signer ed25519() throws GeneralSecurityException {
            return new Signer(KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), "Ed25519");
        }

        static Signer rsa() throws GeneralSecurityException {
            return of("RSA", 2048, "SHA256withRSA");
        }

        static Signer of(String kind, int bits, String algorithm) throws GeneralSecurityException {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
            generator.initialize(bits);
            return new Signer(generator.generateKeyPair(), algorithm);
        }

        Path publicKey(Path file) throws IOException {
            String base64 =
                    Base64.getMimeEncoder(64, new byte[] {'\n'})
                            .encodeToString(keys.getPublic().getEncoded());
            return Files.writeString(
                    file, "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n");
        }

        String sign(String payload) throws GeneralSecurityException {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(keys.getPrivate());
            signature.update(payload.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(signature.sign());
        }
    }

    static String payload(String reference, String digest) {
        return payload("cosign container image signature", reference, digest);
    }

    static String payload(String type, String reference, String digest) {
        return "{\"critical\":{\"identity\":{\"docker-reference\":\"%s\"},".formatted(reference)
                + "\"image\":{\"docker-manifest-digest\":\"%s\"},".formatted(digest)
                + "\"type\":\"%s\"},\"optional\":null}".formatted(type);
    }

    /** Adds a signature to those that are pushed next. */
    CosignMaker add(String payload, String signature) throws Exception {
        Blob blob =
                new Blob(
                        "application/vnd.dev.cosign.simplesigning.v1+json",
                        payload.getBytes(StandardCharsets.UTF_8));
        registry.blob(blob);
        layers.add(
                blob.descriptor(
                        ",\"annotations\":{\"dev.cosignproject.cosign/signature\":\"%s\"}"
                                .formatted(signature)));
        return this;
    }

    /** Puts all added signatures beside the image with that digest. */
    void push(String imageDigest) throws Exception {
        Blob config =
                new Blob(
                        "application/vnd.oci.image.config.v1+json",
                        "{}".getBytes(StandardCharsets.UTF_8));
        registry.blob(config);
        String manifest =
                "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
                        .formatted(MANIFEST, config.descriptor(), String.join(",", layers));
        String tag = imageDigest.replace(':', '-') + ".sig";
        registry.manifest(tag, new Blob(MANIFEST, manifest.getBytes(StandardCharsets.UTF_8)));
    }
}
