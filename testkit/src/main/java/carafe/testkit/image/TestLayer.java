package carafe.testkit.image;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/**
 * A layer as a registry stores it.
 *
 * @param diffId digest of the uncompressed archive
 */
public record TestLayer(Blob blob, String diffId) {
    private static final String OCI = "application/vnd.oci.image.layer.v1.tar";

    /** Not compressed. */
    public static TestLayer plain(byte[] tar) {
        return new TestLayer(new Blob(OCI, tar), Blob.digestOf(tar));
    }

    /** Compressed as one gzip member. */
    public static TestLayer gzip(byte[] tar) {
        return new TestLayer(new Blob(OCI + "+gzip", gzipped(tar)), Blob.digestOf(tar));
    }

    /** Compressed as one zstd frame. */
    public static TestLayer zstd(byte[] tar) {
        return new TestLayer(new Blob(OCI + "+zstd", Zstd.compress(tar)), Blob.digestOf(tar));
    }

    /** The same layer under Docker's media types; zstd is not renamed. */
    TestLayer forDocker() {
        String mediaType =
                switch (blob.mediaType()) {
                    case OCI -> "application/vnd.docker.image.rootfs.diff.tar";
                    case OCI + "+gzip" -> "application/vnd.docker.image.rootfs.diff.tar.gzip";
                    default -> blob.mediaType();
                };
        return new TestLayer(new Blob(mediaType, blob.content()), diffId);
    }

    /** One gzip member. */
    public static byte[] gzipped(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
