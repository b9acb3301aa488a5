package carafe.image.registry;

import carafe.base.CarafeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/** Reads certificates and private keys out of PEM files. */
final class ClientKeys {
    private static final int MAX_BYTES = 1 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    /** AlgorithmIdentifier of RSA with its parameters, RFC 8017 A.1. */
    private static final byte[] RSA = {
        0x30,
        0x0d,
        0x06,
        0x09,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0x86,
        (byte) 0xf7,
        0x0d,
        0x01,
        0x01,
        0x01,
        0x05,
        0x00
    };

    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;

    private ClientKeys() {}

    /**
     * Key managers that show one of the keys; none for no keys.
     *
     * @throws CarafeException.Precondition naming the file that cannot be used, and why
     */
    static KeyManager[] managers(List<ClientKey> keys) {
        if (keys.isEmpty()) {
            return new KeyManager[0];
        }
        char[] unused = {};
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < keys.size(); i++) {
                Certificate[] chain = certificates(keys.get(i).certificate());
                PrivateKey key = key(keys.get(i).key(), chain[0].getPublicKey().getAlgorithm());
                store.setKeyEntry("key-" + i, key, unused, chain);
            }
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, unused);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new CarafeException.Internal("cannot make a store of client keys: " + e, e);
        }
    }

    private static Certificate[] certificates(Path file) {
        String text = read(file);
        ByteArrayOutputStream only = new ByteArrayOutputStream();
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            if (blocks.group(1).equals("CERTIFICATE")) {
                only.writeBytes((blocks.group() + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        }
        try {
            Certificate[] chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(only.toByteArray()))
                            .toArray(Certificate[]::new);
            if (chain.length == 0) {
                throw wrong(file, "there is no PEM certificate in it");
            }
            return chain;
        } catch (GeneralSecurityException e) {
            throw wrong(file, "its certificate cannot be read: " + e.getMessage());
        }
    }

    private static PrivateKey key(Path file, String algorithm) {
        Matcher blocks = BLOCK.matcher(read(file));
        while (blocks.find()) {
            byte[] content = Base64.getMimeDecoder().decode(blocks.group(2));
            switch (blocks.group(1)) {
                case "PRIVATE KEY" -> {
                    return key(file, algorithm, content);
                }
                case "RSA PRIVATE KEY" -> {
                    return key(file, "RSA", wrapped(content));
                }
                case "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY" ->
                        throw wrong(
                                file,
                                "a %s is not read; convert it with: openssl pkcs8 -topk8 -nocrypt"
                                        .formatted(blocks.group(1)));
                default -> {} // certificates may stand in the same file
            }
        }
        throw wrong(file, "there is no PEM private key in it");
    }

    private static PrivateKey key(Path file, String algorithm, byte[] pkcs8) {
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw wrong(file, "its key is no %s key: %s".formatted(algorithm, e.getMessage()));
        }
    }

    /** PKCS #1 as PKCS #8: the JDK reads only the latter. */
    private static byte[] wrapped(byte[] pkcs1) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        inner.writeBytes(VERSION_0);
        inner.writeBytes(RSA);
        inner.writeBytes(der(OCTET_STRING, pkcs1));
        return der(SEQUENCE, inner.toByteArray());
    }

    /** Tag, length and value, at most 64 KiB of it. */
    private static byte[] der(int tag, byte[] value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (value.length < 0x80) {
            out.write(value.length);
        } else if (value.length < 0x100) {
            out.write(0x81);
            out.write(value.length);
        } else {
            out.write(0x82);
            out.write(value.length >> 8);
            out.write(value.length);
        }
        out.writeBytes(value);
        return out.toByteArray();
    }

    private static String read(Path file) {
        try (var in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw wrong(file, "it is larger than %d bytes".formatted(MAX_BYTES));
            }
            return new String(content, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw wrong(file, e.toString());
        }
    }

    private static CarafeException.Precondition wrong(Path file, String why) {
        return new CarafeException.Precondition(
                "cannot use the client certificate or key %s: %s".formatted(file, why));
    }
}
