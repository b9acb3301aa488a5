package carafe.demo.image;

import carafe.base.Ustar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Arguments: the compiled program, the archive to write. */
public final class DemoImage {
    static final String NAME = "carafe.local/demo:latest";

    private static final String TYPE = "application/vnd.oci.image.";

    private final Map<String, byte[]> blobs = new LinkedHashMap<>();

    DemoImage() {}

    public static void main(String[] args) throws IOException {
        Path output = Path.of(args[1]);
        Files.createDirectories(output.toAbsolutePath().getParent());
        String arch = "aarch64".equals(System.getProperty("os.arch")) ? "arm64" : "amd64";
        Files.write(output, new DemoImage().archive(Files.readAllBytes(Path.of(args[0])), arch));
    }

    byte[] archive(byte[] program, String architecture) {
        byte[] diff = layer(program);
        String layer = blob(gzip(diff));
        String config =
                blob(
                        """
                        {"architecture":"%s","os":"linux","config":{"Entrypoint":["/demo"],"User":"65534:65534",\
                        "ExposedPorts":{"8080/tcp":{}},"StopSignal":"SIGTERM","WorkingDir":"/"},\
                        "rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}\
                        """
                                .formatted(architecture, sha256(diff)));
        String manifest =
                blob(
                        """
                        {"schemaVersion":2,"mediaType":"%smanifest.v1+json","config":%s,"layers":[%s]}\
                        """
                                .formatted(
                                        TYPE,
                                        descriptor("config.v1+json", config),
                                        descriptor("layer.v1.tar+gzip", layer)));
        String index =
                """
                {"schemaVersion":2,"mediaType":"%sindex.v1+json","manifests":[{"mediaType":"%smanifest.v1+json",\
                "digest":"sha256:%s","size":%d,"platform":{"architecture":"%s","os":"linux"},\
                "annotations":{"org.opencontainers.image.ref.name":"%s"}}]}\
                """
                        .formatted(TYPE, TYPE, manifest, size(manifest), architecture, NAME);
        Ustar tar = new Ustar();
        tar.file("oci-layout", 0644, ascii("{\"imageLayoutVersion\":\"1.0.0\"}"));
        tar.file("index.json", 0644, ascii(index));
        blobs.forEach((digest, content) -> tar.file("blobs/sha256/" + digest, 0644, content));
        return tar.end();
    }

    private static byte[] layer(byte[] program) {
        return new Ustar()
                .directory("etc/", 0755)
                .file(
                        "etc/passwd",
                        0644,
                        ascii("root:x:0:0:root:/:/demo\nnobody:x:65534:65534:nobody:/:/demo\n"))
                .file("etc/group", 0644, ascii("root:x:0:\nnobody:x:65534:\n"))
                .directory("tmp/", 01777)
                .file("demo", 0755, program)
                .end();
    }

    private String descriptor(String type, String digest) {
        return "{\"mediaType\":\"%s%s\",\"digest\":\"sha256:%s\",\"size\":%d}"
                .formatted(TYPE, type, digest, size(digest));
    }

    private int size(String digest) {
        byte[] content = blobs.get(digest);
        if (content == null) {
            throw new IllegalStateException("no blob " + digest);
        }
        return content.length;
    }

    private String blob(String json) {
        return blob(ascii(json));
    }

    private String blob(byte[] content) {
        String digest = sha256(content);
        blobs.put(digest, content);
        return digest;
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
