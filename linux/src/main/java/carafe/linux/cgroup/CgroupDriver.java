package carafe.linux.cgroup;

import carafe.base.CarafeException;

/** Who makes cgroups, and in which words kubelet names them. */
public sealed interface CgroupDriver {
    /** Carafe itself, through the file system. */
    static CgroupDriver cgroupfs() {
        return new Cgroupfs();
    }

    /**
     * The pod's cgroup out of {@code cgroup_parent}.
     *
     * @throws CarafeException.Invalid when it is not in this driver's words
     */
    CgroupPath pod(String cgroupParent);

    /** Carafe itself: {@code /kubepods/burstable/pod…}. */
    record Cgroupfs() implements CgroupDriver {
        @Override
        public CgroupPath pod(String cgroupParent) {
            if (cgroupParent.endsWith(".slice")) {
                throw new CarafeException.Invalid(
                        ("cgroup_parent \"%s\" is a systemd slice, but this node's cgroup driver is"
                                        + " cgroupfs; set cgroupDriver: cgroupfs in kubelet's"
                                        + " configuration")
                                .formatted(cgroupParent));
            }
            return CgroupPath.of(cgroupParent);
        }
    }
}
