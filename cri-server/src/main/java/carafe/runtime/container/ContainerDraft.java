package carafe.runtime.container;

import carafe.image.Image;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.StopSignal;
import carafe.runtime.cdi.ContainerEdits;
import carafe.runtime.port.ProcessId;
import carafe.runtime.spec.PodContext;
import carafe.runtime.spec.SpecRequest;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.ContainerState;
import carafe.runtime.state.PodRecord;
import carafe.runtime.state.StatePaths;

/**
 * A container while it is being created.
 *
 * @param spec with the variables of its devices, and its images found
 * @param edits what its CDI devices bring along
 */
record ContainerDraft(
        String id,
        String digest,
        PodRecord pod,
        ContainerSpec spec,
        Image image,
        ContainerEdits edits) {

    /** Absolute; empty = no log. */
    String logPath() {
        return LogPath.of(pod.settings().logDirectory(), spec.logPath());
    }

    /** What the specification says of the pod. */
    PodContext podContext(StatePaths paths) {
        ProcessId holder = pod.held().holder();
        if (holder == null) {
            throw new IllegalStateException("a ready pod has a holder: " + pod.id());
        }
        return new PodContext(
                pod.id(),
                holder,
                pod.settings().namespaces(),
                pod.settings().hostname(),
                paths.podMemory(pod.id()));
    }

    /** The record to keep. */
    ContainerRecord record(
            SpecRequest request, long nowNanos, String bootId, ContainerState state) {
        return new ContainerRecord(
                id,
                pod.id(),
                spec.metadata(),
                digest,
                nowNanos,
                bootId,
                request.cgroup(),
                new ContainerRecord.Settings(
                        spec.labels(),
                        spec.annotations(),
                        spec.image(),
                        imageRef(),
                        image.id(),
                        spec.mounts(),
                        logPath(),
                        spec.stdio(),
                        spec.resources(),
                        request.user().ids(),
                        stopSignal()),
                state);
    }

    /** Digest of the repository that the request named, else any, else the id. */
    private String imageRef() {
        String named = spec.image().image();
        return image.repoDigests().stream()
                .filter(each -> named.startsWith(each.substring(0, each.indexOf('@') + 1)))
                .findFirst()
                .or(() -> image.repoDigests().stream().findFirst())
                .orElse(image.id());
    }

    /** An image's word that is no signal counts as none: it is untrusted. */
    private StopSignal stopSignal() {
        StopSignal asked = spec.stopSignal();
        return asked != null
                ? asked
                : StopSignal.parse(image.config().stopSignal()).orElse(StopSignal.TERM);
    }
}
