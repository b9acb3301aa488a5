package carafe.image.snapshot;

import java.nio.file.Path;
import java.util.List;

/**
 * The directories of one container's root file system, not mounted.
 *
 * @param lowerTopFirst layers in the order in which overlayfs takes them
 * @param upper where the container's changes go
 * @param work overlayfs' own directory beside it
 */
public record Snapshot(List<Path> lowerTopFirst, Path upper, Path work) {
    public Snapshot {
        lowerTopFirst = List.copyOf(lowerTopFirst);
    }
}
