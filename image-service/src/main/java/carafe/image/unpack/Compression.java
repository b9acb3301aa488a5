package carafe.image.unpack;

import carafe.base.CarafeException;

/** How a layer's tar is compressed. */
public enum Compression {
    NONE,
    GZIP,
    ZSTD;

    private static final String OCI = "application/vnd.oci.image.layer.v1.tar";
    private static final String OCI_NONDISTRIBUTABLE =
            "application/vnd.oci.image.layer.nondistributable.v1.tar";
    private static final String DOCKER = "application/vnd.docker.image.rootfs.diff.tar";

    /**
     * The compression that a layer's media type promises (image-spec media types, Docker schema 2).
     *
     * @throws CarafeException.Unsupported for a type that Carafe cannot unpack
     */
    public static Compression ofMediaType(String mediaType) {
        return switch (mediaType) {
            case OCI, OCI_NONDISTRIBUTABLE, DOCKER -> NONE;
            case OCI + "+gzip", OCI_NONDISTRIBUTABLE + "+gzip", DOCKER + ".gzip" -> GZIP;
            case OCI + "+zstd", OCI_NONDISTRIBUTABLE + "+zstd", DOCKER + ".zstd" -> ZSTD;
            default ->
                    throw new CarafeException.Unsupported(
                            "layers of media type \"%s\" cannot be unpacked: a tar, plain, gzip or"
                                            .formatted(mediaType)
                                    + " zstd, is needed");
        };
    }
}
