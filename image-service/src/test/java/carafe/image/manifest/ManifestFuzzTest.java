package carafe.image.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.testkit.fuzz.Fuzz;
import org.junit.jupiter.api.Test;

/** F03: manifests, indexes and configurations. */
class ManifestFuzzTest {
    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final String BLOB =
            "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:"
                    + HEX
                    + "\",\"size\":200,\"annotations\":{\"a\":\"b\"}}";

    @Test
    void manifest() {
        DocumentReader reader = new DocumentReader();
        new Fuzz("manifest", input -> document(reader, input))
                .seed(
                        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s,%s]}"
                                .formatted(
                                        MediaTypes.OCI_MANIFEST,
                                        BLOB.replace("layer.v1.tar+gzip", "config.v1+json"),
                                        BLOB,
                                        BLOB))
                .seed(
                        "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":7,\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}}]}"
                                .formatted(MediaTypes.OCI_MANIFEST, HEX))
                .seed("{\"schemaVersion\":1,\"fsLayers\":[],\"signatures\":[]}")
                .words("\"manifests\":[", "\"layers\":[", "9007199254740993", "1e400", "null")
                .words("\"Layers\":", "\\u0000", "[[[[[[[[", "{\"a\":{\"a\":", "\"size\":-1")
                .run();
    }

    private static Object document(DocumentReader reader, byte[] input) {
        try {
            return switch (reader.read(input, "")) {
                case ImageIndex index -> index.manifests().size();
                case ImageManifest manifest -> {
                    manifest.layers()
                            .forEach(layer -> assertThat(layer.sizeBytes()).isNotNegative());
                    yield "layers " + manifest.layers().size();
                }
                case ArtifactManifest artifact -> "files " + artifact.files().size();
            };
        } catch (CarafeException.Invalid e) {
            return String.valueOf(e.getMessage()).replaceAll("[0-9]+|\".*", "");
        }
    }

    @Test
    void config() {
        ConfigReader reader = new ConfigReader();
        new Fuzz("image-config", input -> config(reader, input))
                .seed(
                        """
                        {"architecture":"amd64","os":"linux","config":{"User":"1000:1000","Env":["PATH=/bin","A="],
                        "Entrypoint":["/a"],"Cmd":["b","c"],"WorkingDir":"/w","StopSignal":"SIGQUIT","Labels":{"a":"b"},
                        "Volumes":{"/v":{}},"ExposedPorts":{"80/tcp":{}}},
                        "rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created_by":"x"}]}
                        """
                                .formatted(HEX))
                .words("\"Env\":[", "\"Cmd\":null", "\\u0000", "\"User\":\"-1\"", "[[[[[[[[")
                .run();
    }

    private static Object config(ConfigReader reader, byte[] input) {
        try {
            return reader.read(input, 1).diffIds().size();
        } catch (CarafeException.Invalid e) {
            return String.valueOf(e.getMessage()).replaceAll("[0-9]+|\".*", "");
        }
    }
}
