package carafe.server;

import carafe.base.Ustar;
import carafe.image.reference.Digest;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/**
 * An image like those that a node pulls, made in memory: layers of many small and some large files,
 * half of them gzip, half zstd, content that compresses as programs do. Immutable.
 *
 * @param blobs by digest, {@code sha256:} and hex
 * @param manifest digest of its manifest
 */
record RehearsalImage(Map<String, byte[]> blobs, String manifest) {
    static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

    private static final String TYPE = "application/vnd.oci.image.";
    private static final int LAYERS = 6;
    private static final int FILES = 400;

    /** Every so many files one is large. */
    private static final int LARGE_EVERY = 40;

    private static final int SMALL_BYTES = 12 << 10;
    private static final int LARGE_BYTES = 1 << 20;

    /** Half of each piece is noise, half zeros. */
    private static final int PIECE = 64;

    /** Makes it: some 40 MiB in blobs, about a second. */
    static RehearsalImage make() {
        Map<String, byte[]> blobs = new LinkedHashMap<>();
        SplittableRandom random = new SplittableRandom(1);
        List<String> layers = new ArrayList<>();
        List<String> diffs = new ArrayList<>();
        for (int i = 0; i < LAYERS; i++) {
            byte[] tar = layer(i, random);
            diffs.add('"' + digest(tar) + '"');
            boolean zstd = i % 2 == 1;
            layers.add(
                    blob(blobs, "layer.v1.tar+" + (zstd ? "zstd" : "gzip"), compressed(tar, zstd)));
        }
        String config =
                blob(
                        blobs,
                        "config.v1+json",
                        ascii(
                                """
                                {"architecture":"%s","os":"linux","config":{},\
                                "rootfs":{"type":"layers","diff_ids":[%s]}}\
                                """
                                        .formatted(architecture(), String.join(",", diffs))));
        byte[] manifest =
                ascii(
                        """
                        {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}\
                        """
                                .formatted(MANIFEST_TYPE, config, String.join(",", layers)));
        blobs.put(digest(manifest), manifest);
        return new RehearsalImage(Map.copyOf(blobs), digest(manifest));
    }

    private static String architecture() {
        return "aarch64".equals(System.getProperty("os.arch")) ? "arm64" : "amd64";
    }

    private static byte[] layer(int number, SplittableRandom random) {
        Ustar tar = new Ustar();
        String dir = "layer-%d/".formatted(number);
        tar.directory(dir, 0755);
        for (int i = 0; i < FILES; i++) {
            int bytes = i % LARGE_EVERY == 0 ? LARGE_BYTES : random.nextInt(SMALL_BYTES);
            tar.file(dir + "file-" + i, 0644, content(bytes, random));
        }
        return tar.end();
    }

    private static byte[] content(int bytes, SplittableRandom random) {
        byte[] content = new byte[bytes];
        byte[] fresh = new byte[PIECE / 2];
        for (int at = 0; at + PIECE <= bytes; at += PIECE) {
            random.nextBytes(fresh);
            System.arraycopy(fresh, 0, content, at, fresh.length);
        }
        return content;
    }

    private static byte[] compressed(byte[] tar, boolean zstd) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out =
                zstd ? new ZstdOutputStreamNoFinalizer(bytes) : new GZIPOutputStream(bytes)) {
            out.write(tar);
        } catch (IOException e) {
            throw new IllegalStateException("written to memory", e);
        }
        return bytes.toByteArray();
    }

    private static String blob(Map<String, byte[]> blobs, String type, byte[] content) {
        String digest = digest(content);
        blobs.put(digest, content);
        return "{\"mediaType\":\"%s%s\",\"digest\":\"%s\",\"size\":%d}"
                .formatted(TYPE, type, digest, content.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String digest(byte[] content) {
        return Digest.of(content).toString();
    }
}
