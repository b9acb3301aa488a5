package carafe.server.doctor;

import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import carafe.linux.cgroup.CgroupLayout;
import carafe.linux.cgroup.Controller;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** How control groups are mounted, and which controllers are there. */
record CgroupCheck(Callable<CgroupLayout> layout) implements Check {
    /** Without these a pod's limits mean nothing. */
    private static final Set<Controller> WANTED =
            Set.of(Controller.CPU, Controller.MEMORY, Controller.PIDS);

    @Override
    public List<Finding> run() {
        try {
            return findings(layout.call());
        } catch (CarafeException | SyscallException e) {
            return List.of(
                    Finding.fail(
                            "cgroups",
                            String.valueOf(e.getMessage()),
                            "pods can have neither limits nor a clean end",
                            "mount cgroup2 at /sys/fs/cgroup; systemd does it at boot"));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Finding> findings(CgroupLayout layout) {
        List<Finding> findings = new ArrayList<>();
        findings.add(kind(layout));
        String missing =
                Arrays.stream(Controller.values())
                        .filter(WANTED::contains)
                        .filter(c -> !layout.has(c))
                        .map(c -> c.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "));
        findings.add(
                missing.isEmpty()
                        ? Finding.ok("cgroup limits", "cpu, memory and pids can be limited")
                        : Finding.warn(
                                "cgroup limits",
                                "no controller for " + missing,
                                "such limits of pods are ignored, each with a warning",
                                "boot without cgroup_disable=…, or give the controllers to this"
                                        + " container"));
        return findings;
    }

    private static Finding kind(CgroupLayout layout) {
        String topic = "cgroup version";
        return switch (layout.kind()) {
            case V2 -> Finding.ok(topic, "2");
            case HYBRID ->
                    Finding.ok(topic, "1, beside a tree of version 2 that ends containers at once");
            case V1 ->
                    Finding.warn(
                            topic,
                            "1 only",
                            "containers are ended process by process; pressure figures are missing",
                            "boot with systemd.unified_cgroup_hierarchy=1");
        };
    }
}
