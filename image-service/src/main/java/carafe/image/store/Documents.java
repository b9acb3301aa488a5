package carafe.image.store;

/**
 * An image's documents as they are on disk; owned by the receiver.
 *
 * @param config its configuration, which hashes to the image's id
 * @param manifest of this platform
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes; read once
public record Documents(byte[] config, byte[] manifest) {}
