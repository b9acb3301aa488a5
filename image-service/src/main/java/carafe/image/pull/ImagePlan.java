package carafe.image.pull;

import carafe.image.manifest.ConfigDocument;
import carafe.image.manifest.Descriptor;
import carafe.image.reference.Digest;
import carafe.image.unpack.LayerDescriptor;
import java.util.List;

/**
 * What is to be made present.
 *
 * @param id digest of the configuration; of the manifest when it is an artifact
 * @param manifest bytes of this platform's manifest; owned by this record
 * @param config bytes of the configuration, or of an artifact's manifest again; owned by this
 *     record
 * @param layers bottom first
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes; written once
record ImagePlan(
        Digest id, byte[] manifest, byte[] config, ConfigDocument document, List<Layer> layers) {
    ImagePlan {
        layers = List.copyOf(layers);
    }

    /** One layer: where to get it, and what it must turn out to be. */
    record Layer(Descriptor blob, LayerDescriptor content) {}
}
