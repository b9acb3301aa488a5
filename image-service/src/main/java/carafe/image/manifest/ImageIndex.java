package carafe.image.manifest;

import java.util.List;

/** A list of manifests for several platforms: OCI image index or Docker manifest list. */
public record ImageIndex(List<Descriptor> manifests) implements ImageDocument {
    public ImageIndex {
        manifests = List.copyOf(manifests);
    }
}
