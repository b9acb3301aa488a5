package carafe.linux.features;

import carafe.linux.cgroup.CgroupLayout;
import carafe.linux.cgroup.Controller;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the machine's cgroups can limit. */
final class CgroupFeatures {
    private final MachineFacts facts;
    private final CgroupLayout layout;
    private final KernelVersion version;

    CgroupFeatures(MachineFacts facts, CgroupLayout layout, KernelVersion version) {
        this.facts = facts;
        this.layout = layout;
        this.version = version;
    }

    List<Feature> probe() {
        List<Feature> found = new ArrayList<>();
        found.add(versions());
        found.add(
                controller(
                        Controller.MEMORY,
                        "containers with a memory limit are refused",
                        "boot without cgroup_disable=memory (on a Raspberry Pi with"
                                + " cgroup_enable=memory)"));
        found.add(controller(Controller.CPU, "cpu requests and limits have no effect", NO_FIX));
        found.add(controller(Controller.CPUSET, "cpuset_cpus and _mems have no effect", NO_FIX));
        found.add(controller(Controller.PIDS, "a fork bomb is not stopped", NO_FIX));
        found.add(controller(Controller.HUGETLB, "huge pages are not limited", NO_FIX));
        found.add(swap());
        found.add(kill());
        return found;
    }

    private static final String NO_FIX = "boot a kernel with that controller enabled";

    private Feature versions() {
        String v1 =
                layout.v1().keySet().stream()
                        .sorted()
                        .map(Controller::kernelName)
                        .collect(Collectors.joining(" "));
        String v2 =
                layout.unifiedControllers().stream()
                        .sorted()
                        .map(Controller::kernelName)
                        .collect(Collectors.joining(" "));
        return switch (layout.kind()) {
            case V2 -> Feature.present("cgroups", "version 2: " + v2);
            case HYBRID ->
                    Feature.degraded(
                            "cgroups",
                            "hybrid, version 1: " + v1 + "; version 2: " + v2,
                            "limits work; starting a container costs about 1 ms more than with"
                                    + " version 2 alone",
                            "boot with systemd.unified_cgroup_hierarchy=1");
            case V1 ->
                    Feature.degraded(
                            "cgroups",
                            "version 1: " + v1,
                            "limits work; killing a container's processes takes several steps",
                            "boot with systemd.unified_cgroup_hierarchy=1, or mount cgroup2 at"
                                    + " /sys/fs/cgroup/unified");
        };
    }

    private Feature controller(Controller controller, String follows, String fix) {
        String name = "cgroup " + controller.kernelName();
        Path v1 = layout.v1().get(controller);
        if (v1 != null) {
            return Feature.present(name, "version 1 at " + v1);
        }
        if (layout.unifiedControllers().contains(controller)) {
            return Feature.present(name, "version 2");
        }
        return Feature.degraded(name, "not there", follows, fix);
    }

    private Feature swap() {
        boolean swap =
                facts.file("/proc/swaps").filter(list -> list.lines().count() > 1).isPresent();
        Path v1 = layout.v1().get(Controller.MEMORY);
        boolean accounted =
                v1 == null
                        ? layout.unifiedControllers().contains(Controller.MEMORY)
                        : facts.exists(v1.resolve("memory.memsw.limit_in_bytes").toString());
        if (accounted || !swap) {
            return Feature.present(
                    "swap accounting", accounted ? "there" : "not needed, no swap is in use");
        }
        return Feature.degraded(
                "swap accounting",
                "no memory.memsw.limit_in_bytes",
                "containers may use swap beyond their limit",
                "boot with swapaccount=1");
    }

    private Feature kill() {
        Optional<Path> unified = layout.unified();
        if (unified.isPresent() && version.isAtLeast(5, 14)) {
            return Feature.present("cgroup.kill", "version 2 at " + unified.get());
        }
        return Feature.degraded(
                "cgroup.kill",
                unified.isEmpty() ? "no version 2 tree is mounted" : "not before Linux 5.14",
                "processes of a container are killed one by one",
                "mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified");
    }
}
