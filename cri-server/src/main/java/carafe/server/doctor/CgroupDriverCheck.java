package carafe.server.doctor;

import carafe.base.CarafeException;
import carafe.config.CarafeConfig;
import carafe.linux.cgroup.CgroupLayout;
import carafe.linux.systemd.SystemdUnits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Whether who is to make the cgroups can.
 *
 * @param booted there while systemd runs the machine
 * @param patience with systemd
 */
record CgroupDriverCheck(CarafeConfig.Cgroup config, Path booted, Duration patience)
        implements Check {
    private static final String TOPIC = "cgroup driver";

    @Override
    public List<Finding> run() {
        return List.of(
                switch (config.driver()) {
                    case CGROUPFS -> cgroupfs();
                    case SYSTEMD -> systemd();
                });
    }

    private Finding cgroupfs() {
        if (!Files.isDirectory(booted)) {
            return Finding.ok(TOPIC, "cgroupfs");
        }
        return Finding.warn(
                TOPIC,
                "cgroupfs, on a machine that systemd runs",
                "two programs write to the same cgroups; kubelet must use cgroupfs too",
                "set cgroup.driver = \"systemd\" and kubelet's cgroupDriver: systemd");
    }

    private Finding systemd() {
        try {
            String version =
                    new SystemdUnits(config.systemdBus(), patience, CgroupLayout.Kind.V2).version();
            return Finding.ok(TOPIC, "systemd " + version);
        } catch (CarafeException e) {
            return Finding.fail(
                    TOPIC,
                    String.valueOf(e.getMessage()),
                    "no pod can be run",
                    "start systemd and dbus, or set cgroup.driver = \"cgroupfs\"");
        }
    }
}
