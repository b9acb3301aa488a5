package carafe.image.snapshot;

import java.nio.file.Path;
import java.util.List;

/**
 * The directories of one container's overlay.
 *
 * @param lowerTopFirst unpacked layers, topmost first
 * @param upper where the container writes
 * @param work overlay's own scratch directory, on the same file system as upper
 */
public record Snapshot(List<Path> lowerTopFirst, Path upper, Path work) {
    public Snapshot {
        lowerTopFirst = List.copyOf(lowerTopFirst);
    }
}
