package carafe.image.manifest;

import carafe.base.CarafeException;
import carafe.image.reference.Excerpt;
import java.util.List;
import java.util.Set;

/** The media types of OCI image-spec 1.1 and Docker schema 2 that Carafe reads. */
public final class MediaTypes {
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
    public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
    public static final String OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
    public static final String OCI_LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";
    public static final String DOCKER_LIST =
            "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String DOCKER_MANIFEST =
            "application/vnd.docker.distribution.manifest.v2+json";
    public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
    public static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
    public static final String DOCKER_LAYER_GZIP =
            "application/vnd.docker.image.rootfs.diff.tar.gzip";
    public static final String DOCKER_LAYER_ZSTD =
            "application/vnd.docker.image.rootfs.diff.tar.zstd";

    /** What to ask a registry for, best first. */
    public static final List<String> ACCEPTED =
            List.of(OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST);

    private static final String DOCKER_SCHEMA_1 =
            "application/vnd.docker.distribution.manifest.v1+";
    private static final Set<String> LAYERS =
            Set.of(
                    OCI_LAYER,
                    OCI_LAYER_GZIP,
                    OCI_LAYER_ZSTD,
                    DOCKER_LAYER,
                    DOCKER_LAYER_GZIP,
                    DOCKER_LAYER_ZSTD);

    private MediaTypes() {}

    static boolean isIndex(String mediaType) {
        return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_LIST);
    }

    static boolean isManifest(String mediaType) {
        return mediaType.equals(OCI_MANIFEST) || mediaType.equals(DOCKER_MANIFEST);
    }

    static boolean isSchema1(String mediaType) {
        return mediaType.startsWith(DOCKER_SCHEMA_1);
    }

    /** Whether a configuration of this type describes a container image; else an artifact. */
    static boolean isImageConfig(String mediaType) {
        return mediaType.equals(OCI_CONFIG) || mediaType.equals(DOCKER_CONFIG);
    }

    static void checkLayer(String mediaType) {
        if (mediaType.contains("foreign") || mediaType.contains("nondistributable")) {
            throw new CarafeException.Invalid(
                    "foreign layers are refused, they are to be fetched from elsewhere: "
                            + Excerpt.of(mediaType));
        }
        if (!LAYERS.contains(mediaType)) {
            throw new CarafeException.Invalid(
                    "not a layer type that Carafe unpacks: " + Excerpt.of(mediaType));
        }
    }
}
