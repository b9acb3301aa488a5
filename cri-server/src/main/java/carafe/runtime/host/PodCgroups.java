package carafe.runtime.host;

import carafe.linux.cgroup.CgroupLimits;
import carafe.linux.cgroup.Degradation;
import carafe.runtime.port.Cgroups.LimitChange;
import carafe.runtime.port.Cgroups.PodCgroup;
import carafe.runtime.port.ProcessId;
import java.util.List;
import java.util.Optional;

/** Who makes the cgroups of pods: Carafe itself, or systemd. Containers' are always Carafe's. */
public sealed interface PodCgroups permits FilePods, SystemdPods {
    /** The cgroup that a pod will have; see {@link carafe.runtime.port.Cgroups#planPod}. */
    PodCgroup plan(String parent, String podId);

    /**
     * Makes it where it is missing.
     *
     * @param limits set only where the cgroup is ours
     * @return what this machine cannot limit
     */
    List<Degradation> make(PodCgroup pod, ProcessId holder, CgroupLimits limits);

    /** Changes limits of one that is ours, all or none. */
    LimitChange change(PodCgroup pod, CgroupLimits limits);

    /** Removes what {@link #make} made; idempotent. */
    void remove(PodCgroup pod);

    /** Empty, or why pods can have no cgroup. */
    Optional<String> problem();
}
