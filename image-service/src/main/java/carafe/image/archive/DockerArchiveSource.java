package carafe.image.archive;

import carafe.base.CarafeException;
import carafe.image.manifest.ConfigDocument;
import carafe.image.manifest.ConfigReader;
import carafe.image.manifest.Descriptor;
import carafe.image.manifest.MediaTypes;
import carafe.image.pull.ImageSource;
import carafe.image.reference.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code docker save} writes: {@code manifest.json} lists configuration and uncompressed
 * layers by path. A manifest is made of it whose layers are named by their diff ids. Thread-safe
 * while its files are open.
 */
final class DockerArchiveSource implements ImageSource {
    static final String MANIFEST = "manifest.json";

    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_LAYERS = 512;
    private static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(16)
                                                    .build())
                                    .build())
                    .build();

    private final ArchiveFiles files;
    private final Map<Digest, String> paths = new HashMap<>();

    DockerArchiveSource(ArchiveFiles files) {
        this.files = files;
    }

    @Override
    public synchronized Document resolve() {
        try {
            JsonNode image = onlyImage(JSON.readTree(files.read(MANIFEST, MAX_BYTES)));
            String configPath = image.path("Config").asString("");
            List<String> layerPaths = new ArrayList<>();
            image.path("Layers").forEach(path -> layerPaths.add(path.asString("")));
            if (layerPaths.isEmpty() || layerPaths.size() > MAX_LAYERS) {
                throw new CarafeException.Invalid(
                        "the archive's image has %d layers, 1 to %d are accepted"
                                .formatted(layerPaths.size(), MAX_LAYERS));
            }
            byte[] config = files.read(configPath, ConfigReader.MAX_BYTES);
            return document(configPath, config, layerPaths);
        } catch (JacksonException e) {
            throw new CarafeException.Invalid("the archive's manifest.json is no JSON");
        } catch (IOException e) {
            throw ArchiveErrors.of(e);
        }
    }

    private static JsonNode onlyImage(JsonNode root) {
        if (!root.isArray() || root.size() != 1) {
            throw new CarafeException.Invalid(
                    "the archive holds %d images, exactly one is accepted".formatted(root.size()));
        }
        return root.path(0);
    }

    private Document document(String configPath, byte[] config, List<String> layerPaths)
            throws IOException {
        ConfigDocument document = new ConfigReader().read(config, layerPaths.size());
        Digest id = Digest.of(config);
        paths.put(id, configPath);
        List<String> layers = new ArrayList<>();
        for (int i = 0; i < layerPaths.size(); i++) {
            Digest diffId = document.diffIds().get(i);
            paths.put(diffId, layerPaths.get(i));
            layers.add(entry(MediaTypes.DOCKER_LAYER, diffId, files.size(layerPaths.get(i))));
        }
        byte[] manifest =
                "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
                        .formatted(
                                MediaTypes.DOCKER_MANIFEST,
                                entry(MediaTypes.DOCKER_CONFIG, id, config.length),
                                layers.stream().collect(Collectors.joining(",")))
                        .getBytes(StandardCharsets.UTF_8);
        return new Document(Digest.of(manifest), MediaTypes.DOCKER_MANIFEST, manifest);
    }

    private static String entry(String mediaType, Digest digest, long size) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
                .formatted(mediaType, digest, size);
    }

    @Override
    public byte[] manifest(Descriptor descriptor) {
        throw new CarafeException.Invalid("a Docker archive has no further manifests");
    }

    @Override
    public synchronized InputStream blob(Descriptor descriptor, int failed) {
        try {
            return files.open(paths.getOrDefault(descriptor.digest(), ""));
        } catch (IOException e) {
            throw ArchiveErrors.of(e);
        }
    }

    @Override
    public int tries() {
        return 1;
    }
}
