package carafe.image.snapshot;

/**
 * Which layer an image wants.
 *
 * @param chainId identity together with everything below it
 * @param diffId digest of the uncompressed tar; an identity of its own kind for an artifact's file
 * @param blob digest of what it comes as
 */
public record LayerName(String chainId, String diffId, String blob) {}
