package carafe.image.snapshot;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The small text file beside a layer's content: one "key value" per line. What an earlier version
 * did not write is empty or false; its layers are used by the images that have the same chain.
 */
final class LayerRecord {
    static final String FILE = "layer";
    private static final String FORMAT = "1";

    private LayerRecord() {}

    static String write(Layer layer) {
        return "format %s%nchain %s%ndiff %s%nbytes %d%ninodes %d%nopaque-root %b%nblob %s%nindependent %b%ninherits-root %b%ntree %s%nend%n"
                .formatted(
                        FORMAT,
                        layer.id(),
                        layer.diffId(),
                        layer.bytes(),
                        layer.inodes(),
                        layer.opaqueRoot(),
                        layer.blob(),
                        layer.independent(),
                        layer.inheritsRoot(),
                        layer.tree());
    }

    /** The layer, or nothing when the text is damaged or of an unknown format. */
    static Optional<Layer> read(String text, Path fs) {
        Map<String, String> fields = new HashMap<>();
        for (String line : text.split("\n", -1)) {
            int space = line.indexOf(' ');
            fields.put(
                    space < 0 ? line : line.substring(0, space),
                    space < 0 ? "" : line.substring(space + 1));
        }
        if (!FORMAT.equals(fields.get("format")) || !fields.containsKey("end")) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Layer(
                            Digests.checked("chain id", fields.getOrDefault("chain", "")),
                            Digests.checked("diff id", fields.getOrDefault("diff", "")),
                            fs,
                            Long.parseLong(fields.getOrDefault("bytes", "")),
                            Long.parseLong(fields.getOrDefault("inodes", "")),
                            Boolean.parseBoolean(fields.get("opaque-root")),
                            fields.getOrDefault("blob", ""),
                            Boolean.parseBoolean(fields.get("independent")),
                            Boolean.parseBoolean(fields.get("inherits-root")),
                            fields.getOrDefault("tree", "")));
        } catch (IllegalArgumentException | carafe.base.CarafeException.Invalid e) {
            return Optional.empty();
        }
    }
}
