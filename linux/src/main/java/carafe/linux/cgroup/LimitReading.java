package carafe.linux.cgroup;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the limits of one cgroup back, wherever each controller lives. */
final class LimitReading {
    private final CgroupTree tree;
    private final CgroupPath path;

    LimitReading(CgroupTree tree, CgroupPath path) {
        this.tree = tree;
        this.path = path;
    }

    CgroupLimits read(CgroupLimits asked) {
        return asked.withCpu(
                        reader(Controller.CPU)
                                .map(in -> CpuController.read(in, asked.cpu()))
                                .orElse(asked.cpu()))
                .withCpuset(
                        reader(Controller.CPUSET)
                                .map(in -> CpusetController.read(in, asked.cpuset()))
                                .orElse(asked.cpuset()))
                .withMemory(
                        reader(Controller.MEMORY)
                                .map(in -> MemoryController.read(in, asked.memory()))
                                .orElse(asked.memory()))
                .withHugetlb(
                        reader(Controller.HUGETLB)
                                .map(in -> HugetlbController.read(in, asked.hugetlb()))
                                .orElse(asked.hugetlb()))
                .withUnified(unified(asked.unified()));
    }

    private Map<String, String> unified(Map<String, String> asked) {
        Map<String, String> found = new HashMap<>();
        asked.forEach((name, value) ->
                found.put(
                        name,
                        UnifiedNames.find(tree, path, name)
                                .map(this::reader)
                                .flatMap(in -> in.text(name))
                                .orElse(value)));
        return found;
    }

    private Optional<LimitReader> reader(Controller controller) {
        return tree.directory(controller, path).map(this::reader);
    }

    private LimitReader reader(CgroupTree.ControllerDirectory where) {
        return new LimitReader(tree.files(), where.directory(), where.version());
    }
}
