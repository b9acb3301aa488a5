package carafe.image.store;

import carafe.image.reference.Digest;
import java.util.List;

/**
 * A verified image whose layers are present and durable.
 *
 * @param id digest of the configuration; of the manifest when it is an artifact
 * @param config the configuration's bytes, or an artifact's manifest again; owned by this record
 * @param manifest the bytes of this platform's manifest; owned by this record
 * @param chainIds what the layers are found by in the store, bottom first
 * @param layerBytes what the layers take on disk
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes; written once
public record NewImage(
        Digest id, byte[] config, byte[] manifest, List<String> chainIds, long layerBytes) {
    public NewImage {
        chainIds = List.copyOf(chainIds);
    }
}
