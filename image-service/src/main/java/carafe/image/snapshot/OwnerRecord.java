package carafe.image.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The small text file beside a snapshot: whose it is and what it stands on.
 *
 * @param containerId the container
 * @param chainIds what its image's layers are found by, lowest first
 */
record OwnerRecord(String containerId, List<String> chainIds) {
    private static final String FORMAT = "format 1";
    private static final String OWNER = "owner ";
    private static final String LAYER = "layer ";
    private static final String END = "end";

    OwnerRecord {
        chainIds = List.copyOf(chainIds);
    }

    String write() {
        StringBuilder text = new StringBuilder(FORMAT).append('\n');
        text.append(OWNER).append(containerId).append('\n');
        chainIds.forEach(id -> text.append(LAYER).append(id).append('\n'));
        return text.append(END).append('\n').toString();
    }

    /** The record, or nothing when the text is damaged or of an unknown format. */
    static Optional<OwnerRecord> read(String text) {
        List<String> lines = text.lines().toList();
        if (lines.size() < 3 || !lines.getFirst().equals(FORMAT) || !lines.getLast().equals(END)) {
            return Optional.empty();
        }
        String owner = "";
        List<String> chainIds = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith(OWNER)) {
                owner = line.substring(OWNER.length());
            } else if (line.startsWith(LAYER)) {
                chainIds.add(line.substring(LAYER.length()));
            }
        }
        return owner.isEmpty() || chainIds.isEmpty()
                ? Optional.empty()
                : Optional.of(new OwnerRecord(owner, chainIds));
    }
}
