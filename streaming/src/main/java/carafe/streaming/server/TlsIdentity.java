package carafe.streaming.server;

import carafe.base.CarafeException;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificate and key that new connections get, read again when their files have changed. New files
 * that are wrong, or replaced by half, change nothing until they are right. A connection keeps what
 * it began with. Thread-safe.
 */
final class TlsIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(TlsIdentity.class);

    private final TlsFiles files;
    private final InstantSource clock;
    private volatile SslContext context;
    private List<Stamp> tried;

    /** What changes when a file is written or replaced. */
    private record Stamp(Instant modified, long size, String inode) {
        static Stamp of(Path file) {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(
                        now.lastModifiedTime().toInstant(),
                        now.size(),
                        String.valueOf(now.fileKey()));
            } catch (IOException e) {
                return new Stamp(Instant.EPOCH, -1, "");
            }
        }
    }

    /**
     * Reads the files.
     *
     * @throws CarafeException.Precondition which says what of which file is wrong
     */
    TlsIdentity(TlsFiles files, InstantSource clock) {
        this.files = files;
        this.clock = clock;
        this.tried = stamps();
        this.context = load();
    }

    /** What a new connection gets. */
    SslContext context() {
        return context;
    }

    /** Looks at the files, and reads them when they are not those of the last time. Blocks. */
    synchronized void refresh() {
        List<Stamp> now = stamps();
        if (now.equals(tried)) {
            return;
        }
        tried = now;
        try {
            context = load();
        } catch (CarafeException e) {
            LOG.atError()
                    .addKeyValue("error", e.getMessage())
                    .log("The new certificate is not used; the one before goes on");
        }
    }

    private List<Stamp> stamps() {
        return files.all().stream().map(Stamp::of).toList();
    }

    private SslContext load() {
        List<X509Certificate> chain =
                PemFiles.certificates("streaming.tls_cert", files.certificate());
        PrivateKey key = PemFiles.key("streaming.tls_key", files.key());
        if (!PemFiles.belongTogether(chain.getFirst(), key)) {
            throw new CarafeException.Precondition(
                    "streaming.tls_key: %s is not the key of the first certificate in %s; write the"
                                    .formatted(files.key(), files.certificate())
                            + " server's own certificate first, and replace both files together");
        }
        try {
            SslContextBuilder builder =
                    SslContextBuilder.forServer(key, chain)
                            .sslProvider(SslProvider.JDK)
                            .protocols("TLSv1.3", "TLSv1.2");
            if (files.clientCa().isPresent()) {
                List<X509Certificate> ca =
                        PemFiles.certificates(
                                "streaming.tls_client_ca", files.clientCa().orElseThrow());
                builder.trustManager(ca).clientAuth(ClientAuth.REQUIRE);
            }
            SslContext made = builder.build();
            tell(chain.getFirst());
            return made;
        } catch (SSLException e) {
            throw new CarafeException.Precondition(
                    "streaming.tls_cert: %s cannot be used: %s"
                            .formatted(files.certificate(), e.getMessage()),
                    e);
        }
    }

    private void tell(X509Certificate own) {
        if (own.getNotAfter().toInstant().isBefore(clock.instant())) {
            LOG.atWarn()
                    .addKeyValue("certificate", files.certificate())
                    .addKeyValue("until", own.getNotAfter().toInstant())
                    .log("The streaming server's certificate has expired; clients will refuse it");
        } else {
            LOG.atInfo()
                    .addKeyValue("certificate", files.certificate())
                    .addKeyValue("until", own.getNotAfter().toInstant())
                    .log("The streaming server uses this certificate from now on");
        }
    }
}
