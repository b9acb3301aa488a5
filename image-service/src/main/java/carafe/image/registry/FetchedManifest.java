package carafe.image.registry;

import carafe.image.reference.Digest;

/**
 * An index or manifest as a registry served it, not read yet.
 *
 * @param digest of the content, checked
 * @param mediaType what the registry called it; empty when a digest was asked for, whose referrer
 *     knows better, or when the registry said nothing of use
 * @param content owned by this record; do not change it
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes; read once
public record FetchedManifest(Digest digest, String mediaType, byte[] content) {}
