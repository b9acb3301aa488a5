package carafe.image.snapshot;

import java.nio.file.Path;

/**
 * A layer in the store: unpacked, verified and durable.
 *
 * @param id what it is found by, "sha256:" and 64 hex digits: its diff id when it is independent
 *     and that was free, else its chain id, which is its identity on top of everything below it
 * @param diffId digest of its uncompressed tar
 * @param fs directory to stack; holds overlayfs whiteouts
 * @param bytes what it takes on disk, estimated while unpacking
 * @param inodes files, directories and the rest
 * @param opaqueRoot whether it hides everything below it, so that lower layers are not stacked
 * @param blob digest of what it was unpacked from, which is what was proven to hold it; empty when
 *     an earlier version unpacked it
 * @param independent whether it came out the same whatever is below, so that every image may stack
 *     it wherever it has that diff id
 * @param inheritsRoot whether the root directory looks as that of the next lower layer that has one
 *     of its own; what this layer's looks like means nothing then
 * @param tree digest of the record of its content, which {@link TreeCheck} compares with; empty
 *     when there is none
 */
public record Layer(
        String id,
        String diffId,
        Path fs,
        long bytes,
        long inodes,
        boolean opaqueRoot,
        String blob,
        boolean independent,
        boolean inheritsRoot,
        String tree) {
    Layer at(Path newFs) {
        return new Layer(
                id,
                diffId,
                newFs,
                bytes,
                inodes,
                opaqueRoot,
                blob,
                independent,
                inheritsRoot,
                tree);
    }
}
