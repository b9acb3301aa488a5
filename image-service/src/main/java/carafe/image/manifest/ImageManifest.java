package carafe.image.manifest;

import java.util.List;

/**
 * One image: OCI image manifest or Docker schema 2.
 *
 * @param layers bottom first, 1 to 512
 */
public record ImageManifest(Descriptor config, List<Descriptor> layers) implements ImageDocument {
    public ImageManifest {
        layers = List.copyOf(layers);
    }
}
