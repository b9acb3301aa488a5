package carafe.image.manifest;

import java.util.List;
import java.util.Map;

/**
 * One image: OCI image manifest or Docker schema 2.
 *
 * @param layers bottom first, 1 to 512
 * @param annotations free text by the author
 */
public record ImageManifest(
        Descriptor config, List<Descriptor> layers, Map<String, String> annotations)
        implements ImageDocument {
    public ImageManifest {
        layers = List.copyOf(layers);
        annotations = Map.copyOf(annotations);
    }
}
