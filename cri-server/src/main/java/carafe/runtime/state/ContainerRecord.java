package carafe.runtime.state;

import carafe.runtime.api.ContainerMetadata;
import carafe.runtime.api.ContainerSpec.Stdio;
import carafe.runtime.api.ContainerStatus;
import carafe.runtime.api.ContainerView;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.ProcessUser;
import carafe.runtime.api.Resources;
import carafe.runtime.api.StopSignal;
import java.util.List;
import java.util.Map;

/**
 * Everything the daemon must know of a container after its own death.
 *
 * @param specDigest tells a repeated request from a different one
 * @param bootId the run of the machine its processes belong to
 * @param cgroup its path below each hierarchy's root
 */
public record ContainerRecord(
        String id,
        String podId,
        ContainerMetadata metadata,
        String specDigest,
        long createdAtNanos,
        String bootId,
        String cgroup,
        Settings settings,
        ContainerState state)
        implements Identified {
    private static final ContainerState.Exited NOT_ENDED =
            new ContainerState.Exited(0, ContainerState.Reason.COMPLETED, "", 0, 0);

    /**
     * What was asked for and what became of it.
     *
     * @param imageRef digest reference, or the id when there is none
     * @param logPath absolute; empty = no log
     * @param user as resolved in the image
     */
    public record Settings(
            Map<String, String> labels,
            Map<String, String> annotations,
            ImageName image,
            String imageRef,
            String imageId,
            List<MountSpec> mounts,
            String logPath,
            Stdio stdio,
            Resources resources,
            ProcessUser user,
            StopSignal stopSignal) {
        public Settings {
            labels = Map.copyOf(labels);
            annotations = Map.copyOf(annotations);
            mounts = List.copyOf(mounts);
        }

        private Settings limitedTo(Resources limits) {
            return new Settings(
                    labels,
                    annotations,
                    image,
                    imageRef,
                    imageId,
                    mounts,
                    logPath,
                    stdio,
                    limits,
                    user,
                    stopSignal);
        }
    }

    /** The same container in another state. */
    public ContainerRecord in(ContainerState next) {
        return new ContainerRecord(
                id, podId, metadata, specDigest, createdAtNanos, bootId, cgroup, settings, next);
    }

    /** The same container with other limits. */
    public ContainerRecord limitedTo(Resources limits) {
        return new ContainerRecord(
                id,
                podId,
                metadata,
                specDigest,
                createdAtNanos,
                bootId,
                cgroup,
                settings.limitedTo(limits),
                state);
    }

    /** Its name among containers. */
    public String name() {
        return Names.ofContainer(podId, metadata);
    }

    /** As a list shows it. */
    public ContainerView view() {
        return new ContainerView(
                id,
                podId,
                metadata,
                settings.image(),
                settings.imageRef(),
                settings.imageId(),
                state.phase(),
                createdAtNanos,
                settings.labels(),
                settings.annotations());
    }

    /** In full. */
    public ContainerStatus status() {
        return state instanceof ContainerState.Exited end
                ? status(end, end.reason().word())
                : status(NOT_ENDED, "");
    }

    private ContainerStatus status(ContainerState.Exited end, String reason) {
        return new ContainerStatus(
                view(),
                state.startedAt(),
                end.finishedAtNanos(),
                end.code(),
                reason,
                end.message(),
                settings.mounts(),
                settings.logPath(),
                settings.resources(),
                settings.user(),
                settings.stopSignal());
    }
}
