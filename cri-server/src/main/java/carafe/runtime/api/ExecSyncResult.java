package carafe.runtime.api;

/**
 * Outcome of a command run to its end in a container. Output over the limit was read and dropped,
 * and says so in its last line.
 *
 * @param exitCode 128 + signal after a signal
 */
@SuppressWarnings("ArrayRecordComponent") // up to 16 MiB that is moved once, never compared
public record ExecSyncResult(byte[] stdout, byte[] stderr, int exitCode) {}
