package carafe.image.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DocumentReaderTest {
    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final String CONFIG =
            blob("application/vnd.oci.image.config.v1+json", "100", "");
    private static final String LAYER =
            blob("application/vnd.oci.image.layer.v1.tar+gzip", "200", "");
    private static final String ENTRY =
            blob(
                    MediaTypes.OCI_MANIFEST,
                    "300",
                    ",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}");

    private final DocumentReader reader = new DocumentReader();

    private static String blob(String mediaType, String size, String more) {
        return "{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":%s%s}"
                .formatted(mediaType, HEX, size, more);
    }

    private static String manifest(String head, String config, String layers) {
        return "{\"schemaVersion\":2,%s\"config\":%s,\"layers\":[%s]}"
                .formatted(head, config, layers);
    }

    private static String index(String head, String entries) {
        return "{\"schemaVersion\":2,%s\"manifests\":[%s]}".formatted(head, entries);
    }

    private static String type(String mediaType) {
        return "\"mediaType\":\"" + mediaType + "\",";
    }

    private ImageDocument read(String text, String declared) {
        return reader.read(text.getBytes(StandardCharsets.UTF_8), declared);
    }

    @Test
    void readsAManifestOfEitherKind() {
        String docker =
                manifest(
                        type(MediaTypes.DOCKER_MANIFEST),
                        blob(MediaTypes.DOCKER_CONFIG, "1", ""),
                        blob(MediaTypes.DOCKER_LAYER_GZIP, "2", "")
                                + ","
                                + blob(MediaTypes.DOCKER_LAYER, "3", ""));
        assertThat(read(docker, MediaTypes.DOCKER_MANIFEST))
                .isInstanceOfSatisfying(
                        ImageManifest.class,
                        m ->
                                assertThat(m.layers())
                                        .extracting(Descriptor::sizeBytes)
                                        .containsExactly(2L, 3L));
        assertThat(read(manifest("", CONFIG, LAYER), MediaTypes.OCI_MANIFEST))
                .isInstanceOf(ImageManifest.class);
        assertThat(read(manifest("", CONFIG, LAYER), "")).isInstanceOf(ImageManifest.class);
    }

    @Test
    void readsAnIndexWithPlatforms() {
        String text = index(type(MediaTypes.OCI_INDEX), ENTRY + "," + ENTRY);
        assertThat(read(text, MediaTypes.OCI_INDEX))
                .isInstanceOfSatisfying(
                        ImageIndex.class,
                        i ->
                                assertThat(i.manifests().getFirst().platform())
                                        .isEqualTo(new Platform("linux", "amd64", "")));
    }

    /** Documents that two readers could understand differently, or that no reader should. */
    static Stream<Arguments> hostile() {
        String both =
                "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s],\"manifests\":[%s]}"
                        .formatted(CONFIG, LAYER, ENTRY);
        String good = manifest("", CONFIG, LAYER);
        return Stream.of(
                Arguments.of(both, ""),
                Arguments.of(both, MediaTypes.OCI_INDEX),
                Arguments.of(both, MediaTypes.OCI_MANIFEST),
                Arguments.of(index("\"config\":null,", ENTRY), ""),
                Arguments.of(index("\"layers\":[],", ENTRY), ""),
                Arguments.of(index("\"Layers\":[" + LAYER + "],", ENTRY), ""),
                Arguments.of(manifest("\"Manifests\":[" + ENTRY + "],", CONFIG, LAYER), ""),
                Arguments.of(manifest("\"layers\":[],", CONFIG, LAYER), ""),
                Arguments.of(index("\"manifests\":[],", ENTRY), ""),
                Arguments.of(good, MediaTypes.OCI_INDEX),
                Arguments.of(index("", ENTRY), MediaTypes.OCI_MANIFEST),
                Arguments.of(manifest(type(MediaTypes.OCI_INDEX), CONFIG, LAYER), ""),
                Arguments.of(
                        manifest(type(MediaTypes.DOCKER_MANIFEST), CONFIG, LAYER),
                        MediaTypes.OCI_MANIFEST),
                Arguments.of(good + "{}", ""),
                Arguments.of(good, "text/html"),
                Arguments.of("{\"schemaVersion\":2}", ""),
                Arguments.of(good.replace("\"schemaVersion\":2", "\"schemaVersion\":3"), ""),
                Arguments.of(good.replace("\"schemaVersion\":2,", ""), ""),
                Arguments.of("[" + good + "]", ""),
                Arguments.of("", ""),
                Arguments.of("null", ""),
                Arguments.of("\ufeff" + good, ""),
                Arguments.of(good.substring(0, good.length() - 1), ""));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void refusesDocumentsOfMoreThanOneMeaning(String text, String declared) {
        assertThatThrownBy(() -> read(text, declared)).isInstanceOf(CarafeException.Invalid.class);
    }

    static Stream<Arguments> badBlobs() {
        String gzip = MediaTypes.OCI_LAYER_GZIP;
        return Stream.of(
                Arguments.of(blob(gzip, "-1", ""), "size"),
                Arguments.of(blob(gzip, "9223372036854775807", ""), "size"),
                Arguments.of(blob(gzip, "9223372036854775808", ""), "size"),
                Arguments.of(blob(gzip, "1.5", ""), "size"),
                Arguments.of(blob(gzip, "\"7\"", ""), "size"),
                Arguments.of(blob(gzip, "null", ""), "size"),
                Arguments.of(blob(gzip, "7", "").replace(HEX, "../../x"), "digest"),
                Arguments.of(blob("", "7", ""), "mediaType"),
                Arguments.of(blob("application/x-unknown", "7", ""), "not a layer type"),
                Arguments.of(
                        blob("application/vnd.oci.image.layer.nondistributable.v1.tar", "7", ""),
                        "foreign"),
                Arguments.of(
                        blob(
                                "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                                "7",
                                ",\"urls\":[\"http://169.254.169.254/\"]"),
                        "foreign"),
                Arguments.of("7", "array of objects"),
                Arguments.of("", "0 layers"),
                Arguments.of(String.join(",", java.util.Collections.nCopies(513, LAYER)), "513"),
                Arguments.of(blob(gzip, "9007199254740992", "") + "," + LAYER, "claims more than"));
    }

    @ParameterizedTest
    @MethodSource("badBlobs")
    void refusesBadLayers(String layers, String why) {
        assertThatThrownBy(() -> read(manifest("", CONFIG, layers), ""))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining(why);
    }

    @Test
    void urlsOfOrdinaryLayersAreIgnored() {
        String layer = blob(MediaTypes.OCI_LAYER, "1", ",\"urls\":[\"http://127.0.0.2/x\"]");
        assertThat(read(manifest("", CONFIG, layer), "")).isInstanceOf(ImageManifest.class);
    }

    @Test
    void namesSchema1AndArtifacts() {
        assertThatThrownBy(() ->
                        read(
                                "{\"schemaVersion\":1,\"name\":\"x\",\"fsLayers\":[]}",
                                "application/vnd.docker.distribution.manifest.v1+prettyjws"))
                .hasMessageContaining("schema 1");
        String artifact =
                manifest("", blob("application/vnd.cncf.helm.config.v1+json", "1", ""), LAYER);
        assertThat(read(artifact, ""))
                .isInstanceOfSatisfying(
                        ArtifactManifest.class,
                        found ->
                                assertThat(found.type())
                                        .isEqualTo("application/vnd.cncf.helm.config.v1+json"));
    }

    @Test
    void endlessDepthAndHugeDocumentsAreRefused() {
        assertThatThrownBy(() -> read("[".repeat(1_000_000), ""))
                .isInstanceOf(CarafeException.Invalid.class);
        assertThatThrownBy(() -> read("{\"a\":".repeat(65), ""))
                .isInstanceOf(CarafeException.Invalid.class);
        assertThatThrownBy(() -> reader.read(new byte[DocumentReader.MAX_BYTES + 1], ""))
                .hasMessageContaining("at most");
        assertThatThrownBy(() -> read("{\"a\":[" + "[],".repeat(1_000_000) + "[]]}", ""))
                .isInstanceOf(CarafeException.Invalid.class);
    }
}
