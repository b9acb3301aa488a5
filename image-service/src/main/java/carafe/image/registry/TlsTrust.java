package carafe.image.registry;

import carafe.base.CarafeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** TLS contexts for what administrators configure beside the machine's own trust. */
final class TlsTrust {
    /** Where distributions keep the machine's authorities; the first one found counts. */
    private static final List<Path> MACHINE_BUNDLES =
            List.of(
                    Path.of("/etc/ssl/certs/ca-certificates.crt"),
                    Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
                    Path.of("/etc/ssl/cert.pem"));

    private TlsTrust() {}

    /**
     * A context that accepts whom the trust says and shows the keys when it is asked to.
     *
     * @throws CarafeException.Precondition when a file is no certificate or no key
     */
    static SSLContext context(Trust trust, List<ClientKey> keys) {
        TrustManager[] accepted =
                switch (trust) {
                    case Trust.Machine _ -> withAuthorities(List.of());
                    case Trust.Authorities(var files) -> withAuthorities(files);
                    case Trust.Anybody _ -> new TrustManager[] {new Anybody()};
                };
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(ClientKeys.managers(keys), accepted, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new CarafeException.Internal("cannot make a TLS context", e);
        }
    }

    private static Optional<Path> machineBundle() {
        return MACHINE_BUNDLES.stream().filter(Files::isReadable).findFirst();
    }

    private static TrustManager[] withAuthorities(List<Path> files) {
        List<Path> all = new ArrayList<>(files);
        Optional<Path> machine = machineBundle();
        machine.ifPresent(all::add);
        return trusting(all, machine.isPresent() ? List.of() : jdkAuthorities());
    }

    private static TrustManager[] trusting(List<Path> files, List<X509Certificate> known) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (X509Certificate authority : known) {
                store.setCertificateEntry("jdk-" + count++, authority);
            }
            CertificateFactory reader = CertificateFactory.getInstance("X.509");
            for (Path file : files) {
                try (InputStream in = Files.newInputStream(file)) {
                    for (Certificate own : reader.generateCertificates(in)) {
                        store.setCertificateEntry("file-" + count++, own);
                    }
                }
            }
            return dated(managers(store));
        } catch (GeneralSecurityException | IOException e) {
            throw new CarafeException.Precondition(
                    "cannot use the certificate authorities %s: %s".formatted(files, e), e);
        }
    }

    private static List<X509Certificate> jdkAuthorities() {
        try {
            return Arrays.stream(managers(null))
                    .filter(X509TrustManager.class::isInstance)
                    .map(X509TrustManager.class::cast)
                    .flatMap(manager -> Arrays.stream(manager.getAcceptedIssuers()))
                    .toList();
        } catch (GeneralSecurityException e) {
            throw new CarafeException.Internal("cannot read the JDK's authorities", e);
        }
    }

    private static TrustManager[] managers(@Nullable KeyStore store)
            throws GeneralSecurityException {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static TrustManager[] dated(TrustManager[] managers) {
        return Arrays.stream(managers)
                .map(manager ->
                        manager instanceof X509ExtendedTrustManager jdk
                                ? new DatedTrust(jdk)
                                : manager)
                .toArray(TrustManager[]::new);
    }

    /** Checks neither chain nor name: an extended manager does the name check itself, or not. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
