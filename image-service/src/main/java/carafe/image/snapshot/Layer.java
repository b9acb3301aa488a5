package carafe.image.snapshot;

import java.nio.file.Path;

/**
 * A layer in the store: unpacked, verified and durable.
 *
 * @param chainId identity of this layer on top of everything below it, "sha256:" and 64 hex digits
 * @param diffId digest of its uncompressed tar
 * @param fs directory to stack; holds overlayfs whiteouts
 * @param bytes what it takes on disk, estimated while unpacking
 * @param inodes files, directories and the rest
 * @param opaqueRoot whether it hides everything below it, so that lower layers are not stacked
 * @param tree digest of the record of its content, which {@link TreeCheck} compares with; empty
 *     when there is none
 */
public record Layer(
        String chainId,
        String diffId,
        Path fs,
        long bytes,
        long inodes,
        boolean opaqueRoot,
        String tree) {
    Layer at(Path newFs) {
        return new Layer(chainId, diffId, newFs, bytes, inodes, opaqueRoot, tree);
    }
}
