package carafe.runtime.api;

/**
 * A run of ids inside and outside.
 *
 * @param containerId first id inside
 * @param hostId first id on the host
 * @param length how many
 */
public record IdMapping(long containerId, long hostId, long length) {}
