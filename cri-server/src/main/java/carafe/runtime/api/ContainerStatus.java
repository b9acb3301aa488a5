package carafe.runtime.api;

import java.util.List;

/**
 * A container in full.
 *
 * @param startedAtNanos Unix time, 0 until started
 * @param finishedAtNanos Unix time, 0 until exited
 * @param exitCode meaningful once finished; 128 + signal after a signal
 * @param reason one word: Completed, Error, OOMKilled, StartError, Unknown; empty before the end
 * @param message for people
 * @param logPath absolute; empty = no log
 * @param resources limits as applied
 * @param user ids of the first process
 */
public record ContainerStatus(
        ContainerView view,
        long startedAtNanos,
        long finishedAtNanos,
        int exitCode,
        String reason,
        String message,
        List<MountSpec> mounts,
        String logPath,
        Resources resources,
        ProcessUser user,
        StopSignal stopSignal) {
    public ContainerStatus {
        mounts = List.copyOf(mounts);
    }
}
