package carafe.image.manifest;

import carafe.image.ImageConfig;
import carafe.image.reference.Digest;
import java.util.List;

/**
 * An image's configuration.
 *
 * @param diffIds digests of the uncompressed layers, bottom first
 */
public record ConfigDocument(ImageConfig runtime, List<Digest> diffIds) {
    public ConfigDocument {
        diffIds = List.copyOf(diffIds);
    }

    String os() {
        return runtime.os();
    }

    String architecture() {
        return runtime.architecture();
    }

    String variant() {
        return runtime.variant();
    }
}
