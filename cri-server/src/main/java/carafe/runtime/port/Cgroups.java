package carafe.runtime.port;

import carafe.runtime.api.Resources;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Control groups of pods and containers, in whatever hierarchies the machine has. */
public interface Cgroups {
    /**
     * The cgroup that a pod will have; makes nothing.
     *
     * @param parent as the request names it; empty = a cgroup of the pod's id below our own parent,
     *     which is always ours to make
     */
    PodCgroup planPod(String parent, String podId);

    /**
     * Makes a planned cgroup where it is missing; idempotent.
     *
     * @param holder the pod's process, for those who want one in what they make
     * @param limits of the pod as a whole; set only where the cgroup is ours
     */
    void makePod(PodCgroup pod, ProcessId holder, Resources limits);

    /**
     * Changes limits of a pod's cgroup where it is ours, all that are said or none; 0 and empty
     * leave a limit as it is. Where the kubelet made it, nothing happens: it has set them itself.
     */
    LimitChange changePod(PodCgroup pod, Resources limits);

    /** Removes what {@link #makePod} made, as far as it is empty; idempotent. */
    void removePod(PodCgroup pod);

    /** The path that {@link #create} will give a container; makes nothing. */
    String containerPath(PodCgroup pod, String containerId);

    /** Makes a container's cgroup with its limits. */
    ContainerCgroup create(String path, Limits limits);

    /**
     * Changes limits of a cgroup, all that are said or none; 0 and empty leave a limit as it is.
     *
     * @throws carafe.base.CarafeException.NotFound when it was removed
     * @throws carafe.base.CarafeException.Precondition a memory limit below what is used
     * @throws carafe.base.CarafeException.Invalid what the kernel refuses
     */
    LimitChange change(String path, Resources limits);

    /**
     * The limits that the kernel has now.
     *
     * @param recorded what was asked for: its spelling, and the answer where the kernel has none
     */
    Resources current(String path, Resources recorded);

    /** SIGKILL to all processes in it and below, until it is empty; none such is success. */
    void kill(String path);

    /** Removes it with its children, killing what is left in them; idempotent. */
    void remove(String path);

    /** Empty, or why cgroups cannot be used and what to do. */
    Optional<String> problem();

    /**
     * A pod's cgroup.
     *
     * @param path below each hierarchy's root
     * @param made whether it is ours: it was missing when it was planned
     */
    record PodCgroup(String path, boolean made) {}

    /**
     * What a container may use.
     *
     * @param devices beyond the ones every container has, in order
     * @param allDevices no device is refused
     */
    record Limits(Resources resources, List<DeviceRule> devices, boolean allDevices) {
        public Limits {
            devices = List.copyOf(devices);
        }
    }

    /**
     * An allowed device.
     *
     * @param type {@code b} or {@code c}
     * @param access some of {@code rwm}
     */
    record DeviceRule(char type, int major, int minor, String access) {}

    /**
     * How a process gets into a container's cgroup.
     *
     * @param join v1 files that a process writes {@code 0} to
     * @param unified v2 directory to be cloned into
     * @param memory directory whose OOM counter decides
     * @param memoryVersion 1 or 2
     */
    record ContainerCgroup(
            String path,
            List<Path> join,
            @Nullable Path unified,
            @Nullable Path memory,
            int memoryVersion) {
        public ContainerCgroup {
            join = List.copyOf(join);
        }
    }

    /** A change of limits that has happened. */
    @FunctionalInterface
    interface LimitChange {
        /** Takes it back; doing so again does nothing. */
        void undo();
    }
}
