package carafe.server.doctor;

import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import carafe.linux.cgroup.CgroupLayout;
import carafe.linux.features.Feature;
import carafe.linux.features.KernelFeatures;
import java.util.List;

/** What kernel, cgroups and capabilities offer, as the module {@code linux} found it. */
record FeatureCheck(Probe probe) implements Check {
    /** Looks at the machine. */
    interface Probe {
        List<Feature> features() throws SyscallException;
    }

    static FeatureCheck ofThisMachine() {
        return new FeatureCheck(() -> KernelFeatures.probe(CgroupLayout.read()));
    }

    @Override
    public List<Finding> run() {
        try {
            return probe.features().stream().map(FeatureCheck::finding).toList();
        } catch (CarafeException | SyscallException e) {
            return List.of(
                    Finding.fail(
                            "cgroups",
                            String.valueOf(e.getMessage()),
                            "pods can have neither limits nor a clean end",
                            "mount cgroup2 at /sys/fs/cgroup; systemd does it at boot"));
        }
    }

    private static Finding finding(Feature feature) {
        return switch (feature.verdict()) {
            case PRESENT -> Finding.ok(feature.name(), feature.detail());
            case DEGRADED ->
                    Finding.warn(
                            feature.name(), feature.detail(), feature.follows(), feature.fix());
            case MISSING ->
                    Finding.fail(
                            feature.name(), feature.detail(), feature.follows(), feature.fix());
        };
    }
}
