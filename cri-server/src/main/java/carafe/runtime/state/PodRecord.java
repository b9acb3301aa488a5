package carafe.runtime.state;

import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.PortMapping;
import carafe.runtime.api.Resources;
import carafe.runtime.api.SandboxMetadata;
import carafe.runtime.api.SandboxState;
import carafe.runtime.api.SandboxStatus;
import carafe.runtime.api.SandboxView;
import carafe.runtime.port.Cgroups.PodCgroup;
import carafe.runtime.port.ProcessId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything the daemon must know of a pod after its own death.
 *
 * @param specDigest tells a repeated request from a different one
 * @param bootId the run of the machine its processes belong to
 * @param released whether network, holder and mount are given back
 */
public record PodRecord(
        String id,
        SandboxMetadata metadata,
        String specDigest,
        long createdAtNanos,
        String bootId,
        PodPhase phase,
        boolean released,
        Settings settings,
        Held held)
        implements Identified {
    /**
     * What was asked for and matters later.
     *
     * @param logDirectory empty = no logs
     * @param selinuxLevel of its containers, unless they say another; empty = none
     * @param limits of the pod as a whole
     */
    public record Settings(
            Map<String, String> labels,
            Map<String, String> annotations,
            String runtimeHandler,
            String hostname,
            String logDirectory,
            NamespaceModes namespaces,
            boolean privileged,
            List<PortMapping> portMappings,
            String selinuxLevel,
            Limits limits) {
        public Settings {
            labels = Map.copyOf(labels);
            annotations = Map.copyOf(annotations);
            portMappings = List.copyOf(portMappings);
        }

        private Settings limitedTo(Limits other) {
            return new Settings(
                    labels,
                    annotations,
                    runtimeHandler,
                    hostname,
                    logDirectory,
                    namespaces,
                    privileged,
                    portMappings,
                    selinuxLevel,
                    other);
        }

        private Settings at(String level) {
            return new Settings(
                    labels,
                    annotations,
                    runtimeHandler,
                    hostname,
                    logDirectory,
                    namespaces,
                    privileged,
                    portMappings,
                    level,
                    limits);
        }
    }

    /**
     * What the pod's parts may use.
     *
     * @param overhead of the runtime itself
     * @param resources of the containers together
     */
    public record Limits(Resources overhead, Resources resources) {
        /** Nothing said. */
        public static final Limits NONE = new Limits(Resources.NONE, Resources.NONE);

        /** What the pod's cgroup may use. */
        public Resources together() {
            return resources.plusOverhead(overhead);
        }
    }

    /**
     * What it holds.
     *
     * @param holder absent while being made
     * @param cgroup absent while being made
     * @param addresses of its network
     */
    public record Held(
            @Nullable ProcessId holder, @Nullable PodCgroup cgroup, List<String> addresses) {
        /** Nothing yet. */
        public static final Held NOTHING = new Held(null, null, List.of());

        public Held {
            addresses = List.copyOf(addresses);
        }
    }

    /** The pod made ready with what it now holds. */
    public PodRecord ready(Held now) {
        return new PodRecord(
                id,
                metadata,
                specDigest,
                createdAtNanos,
                bootId,
                PodPhase.READY,
                false,
                settings,
                now);
    }

    /** The same pod at an SELinux level. */
    public PodRecord at(String selinuxLevel) {
        return with(settings.at(selinuxLevel));
    }

    /** The same pod with other limits. */
    public PodRecord limitedTo(Limits limits) {
        return with(settings.limitedTo(limits));
    }

    private PodRecord with(Settings other) {
        return new PodRecord(
                id, metadata, specDigest, createdAtNanos, bootId, phase, released, other, held);
    }

    /** The pod stopped; what it holds is still to be released. */
    public PodRecord notReady() {
        return stopped(released);
    }

    /** The pod stopped and everything given back. */
    public PodRecord allReleased() {
        return stopped(true);
    }

    /** Its name among pods. */
    public String name() {
        return Names.ofPod(metadata);
    }

    /** As a list shows it. */
    public SandboxView view() {
        return new SandboxView(
                id,
                metadata,
                phase == PodPhase.READY ? SandboxState.READY : SandboxState.NOT_READY,
                createdAtNanos,
                settings.labels(),
                settings.annotations(),
                settings.runtimeHandler());
    }

    /** In full, with its containers. */
    public SandboxStatus status(List<ContainerRecord> containers) {
        ProcessId holder = held.holder();
        PodCgroup cgroup = held.cgroup();
        return new SandboxStatus(
                view(),
                held.addresses(),
                settings.namespaces(),
                holder == null ? 0 : holder.pid(),
                cgroup == null ? "" : cgroup.path(),
                settings.limits().overhead(),
                settings.limits().resources(),
                containers.stream().map(ContainerRecord::status).toList());
    }

    private PodRecord stopped(boolean isReleased) {
        return new PodRecord(
                id,
                metadata,
                specDigest,
                createdAtNanos,
                bootId,
                PodPhase.NOT_READY,
                isReleased,
                settings,
                held);
    }
}
