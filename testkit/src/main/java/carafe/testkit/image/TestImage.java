package carafe.testkit.image;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An image: its manifest and the blobs it refers to.
 *
 * @param manifest the bytes and type a registry serves
 * @param blobs configuration first, then layers bottom first
 */
public record TestImage(Blob manifest, List<Blob> blobs) {
    private static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String DOCKER_MANIFEST =
            "application/vnd.docker.distribution.manifest.v2+json";
    private static final String DOCKER_LIST =
            "application/vnd.docker.distribution.manifest.list.v2+json";
    private static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";

    public TestImage {
        blobs = List.copyOf(blobs);
    }

    /** An OCI image for this machine without any run configuration. */
    public static TestImage oci(TestLayer... layers) {
        return oci("{}", layers);
    }

    /**
     * @param config the JSON object under {@code config}
     */
    public static TestImage oci(String config, TestLayer... layers) {
        Blob document = configuration(OCI_CONFIG, architecture(), config, layers);
        return of(OCI_MANIFEST, document, blobsOf(layers));
    }

    /** An OCI image for another architecture. */
    public static TestImage ociFor(String architecture, TestLayer... layers) {
        Blob document = configuration(OCI_CONFIG, architecture, "{}", layers);
        return of(OCI_MANIFEST, document, blobsOf(layers));
    }

    /** A Docker schema 2 image for this machine. */
    public static TestImage docker(String config, TestLayer... layers) {
        TestLayer[] renamed =
                Arrays.stream(layers).map(TestLayer::forDocker).toArray(TestLayer[]::new);
        Blob document = configuration(DOCKER_CONFIG, architecture(), config, renamed);
        return of(DOCKER_MANIFEST, document, blobsOf(renamed));
    }

    /** A manifest over any blobs. */
    public static TestImage of(String mediaType, Blob config, List<Blob> layers) {
        String listed = layers.stream().map(Blob::descriptor).collect(Collectors.joining(","));
        String manifest =
                "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
                        .formatted(mediaType, config.descriptor(), listed);
        List<Blob> blobs = new ArrayList<>();
        blobs.add(config);
        blobs.addAll(layers);
        return new TestImage(json(mediaType, manifest), blobs);
    }

    /** An image whose configuration lists these diff ids, right or wrong. */
    public static TestImage withDiffIds(List<String> diffIds, TestLayer... layers) {
        Blob document = configuration(OCI_CONFIG, architecture(), "{}", diffIds);
        return of(OCI_MANIFEST, document, blobsOf(layers));
    }

    /** An index entry: an image and the platform it is listed under, in Go's words. */
    public record Entry(String architecture, TestImage image) {}

    /** An OCI index over the images. */
    public static Blob index(Entry... entries) {
        return index(OCI_INDEX, entries);
    }

    /** A Docker manifest list over the images. */
    public static Blob list(Entry... entries) {
        return index(DOCKER_LIST, entries);
    }

    private static Blob index(String mediaType, Entry... entries) {
        String listed =
                Arrays.stream(entries)
                        .map(entry ->
                                entry.image()
                                        .manifest()
                                        .descriptor(
                                                ",\"platform\":{\"os\":\"linux\","
                                                        + "\"architecture\":\"%s\"}"
                                                                .formatted(entry.architecture())))
                        .collect(Collectors.joining(","));
        return json(
                mediaType,
                "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
                        .formatted(mediaType, listed));
    }

    /** The image's id: its configuration's digest. */
    public String id() {
        return blobs.getFirst().digest();
    }

    /** This machine's architecture in Go's words. */
    public static String architecture() {
        String arch = System.getProperty("os.arch");
        return arch.equals("aarch64") ? "arm64" : arch;
    }

    /** A document of the given type. */
    public static Blob json(String mediaType, String text) {
        return new Blob(mediaType, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Blob configuration(
            String mediaType, String architecture, String config, TestLayer... layers) {
        List<String> diffIds = Arrays.stream(layers).map(TestLayer::diffId).toList();
        return configuration(mediaType, architecture, config, diffIds);
    }

    private static Blob configuration(
            String mediaType, String architecture, String config, List<String> diffIds) {
        String listed =
                diffIds.stream().map(id -> "\"" + id + "\"").collect(Collectors.joining(","));
        return json(
                mediaType,
                ("{\"architecture\":\"%s\",\"os\":\"linux\",\"config\":%s,"
                                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]}}")
                        .formatted(architecture, config, listed));
    }

    private static List<Blob> blobsOf(TestLayer... layers) {
        return Arrays.stream(layers).map(TestLayer::blob).toList();
    }
}
