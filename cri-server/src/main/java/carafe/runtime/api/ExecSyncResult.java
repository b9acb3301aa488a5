package carafe.runtime.api;

import java.util.List;

/**
 * Outcome of a command run to its end in a container. Output over the limit was read and dropped,
 * and says so in its last line.
 *
 * @param stdout in pieces, together up to 16 MiB with stderr: they are never copied into one
 * @param exitCode 128 + signal after a signal
 */
public record ExecSyncResult(List<byte[]> stdout, List<byte[]> stderr, int exitCode) {
    public ExecSyncResult {
        stdout = List.copyOf(stdout);
        stderr = List.copyOf(stderr);
    }
}
