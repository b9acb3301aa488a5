package carafe.image;

/**
 * What the image service occupies.
 *
 * @param images layers, manifests and configurations
 * @param containers what containers have written, in their writable layers
 */
public record StoreUsage(FsUsage images, FsUsage containers) {}
