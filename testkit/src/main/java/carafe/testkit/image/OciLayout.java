package carafe.testkit.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** An OCI image layout in memory, to be written as a directory or as a tar archive. */
public final class OciLayout {
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final List<String> entries = new ArrayList<>();

    /** Adds the image's blobs and lists it in the layout's index. */
    public OciLayout add(TestImage image) {
        return add(image, "");
    }

    /**
     * @param more further JSON members of the index entry, each starting with a comma
     */
    public OciLayout add(TestImage image, String more) {
        blob(image.manifest());
        image.blobs().forEach(this::blob);
        entries.add(image.manifest().descriptor(more));
        return this;
    }

    /** Adds a blob without listing it. */
    public OciLayout blob(Blob blob) {
        String hex = blob.digest().substring(blob.digest().indexOf(':') + 1);
        files.put("blobs/sha256/" + hex, blob.content());
        return this;
    }

    /** Lists a document whose blobs were added before. */
    public OciLayout list(Blob document) {
        blob(document);
        entries.add(document.descriptor());
        return this;
    }

    /** All files by path, with {@code oci-layout} and {@code index.json}. */
    public Map<String, byte[]> files() {
        Map<String, byte[]> all = new LinkedHashMap<>(files);
        all.put("oci-layout", bytes("{\"imageLayoutVersion\":\"1.0.0\"}"));
        String listed = entries.stream().collect(Collectors.joining(","));
        all.put("index.json", bytes("{\"schemaVersion\":2,\"manifests\":[" + listed + "]}"));
        return all;
    }

    /** Writes the layout below an existing directory. */
    public void writeTo(Path dir) throws IOException {
        for (Map.Entry<String, byte[]> file : files().entrySet()) {
            Path path = dir.resolve(file.getKey());
            Files.createDirectories(path.resolveSibling("."));
            Files.write(path, file.getValue());
        }
    }

    /** The layout as a tar archive. */
    public byte[] tar() {
        TarBuilder tar = new TarBuilder();
        files().forEach((name, content) ->
                tar.file(name, content, TarBuilder.Attributes.mode(0644)));
        return tar.build();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
