package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.image.snapshot.Digests;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The identity of a layer together with all layers below it (image-spec, config, "ChainID"). */
public final class ChainIds {
    private ChainIds() {}

    /**
     * @param diffIds from the image's config, lowest layer first
     * @return as many chain ids, in the same order
     * @throws CarafeException.Invalid when a diff id is malformed
     */
    public static List<String> of(List<String> diffIds) {
        List<String> chain = new ArrayList<>(diffIds.size());
        for (String diffId : diffIds) {
            Digests.checked("layer diff id", diffId);
            chain.add(chain.isEmpty() ? diffId : sha256(chain.getLast() + " " + diffId));
        }
        return List.copyOf(chain);
    }

    private static String sha256(String text) {
        byte[] digest = Sha256.create().digest(text.getBytes(StandardCharsets.US_ASCII));
        return Sha256.PREFIX + HexFormat.of().formatHex(digest);
    }
}
