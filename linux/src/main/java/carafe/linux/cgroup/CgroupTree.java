package carafe.linux.cgroup;

import carafe.base.CarafeException;
import carafe.linux.Processes;
import carafe.linux.SyscallException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All cgroup hierarchies of the machine as one tree: a cgroup is a path, and has a directory in
 * every hierarchy. Thread-safe; two threads that make or remove the same path hold their own lock.
 */
public final class CgroupTree {
    private final CgroupLayout layout;
    private final CgroupFiles files;
    private final Processes processes;
    private final Pause pause;
    private final List<Path> v1Roots;

    /** The tree of this machine. */
    public CgroupTree(CgroupLayout layout, CgroupFiles files) {
        this(layout, files, new Processes(), Pause.REAL);
    }

    CgroupTree(CgroupLayout layout, CgroupFiles files, Processes processes, Pause pause) {
        this.layout = layout;
        this.files = files;
        this.processes = processes;
        this.pause = pause;
        this.v1Roots = layout.v1Roots();
    }

    public CgroupLayout layout() {
        return layout;
    }

    /** The cgroup of that path, whether it is there or not. */
    public Cgroup at(CgroupPath path) {
        return new Cgroup(this, path, directories(path));
    }

    /** Names of the cgroups right below the path, in any hierarchy; none when it is not there. */
    public Set<String> children(CgroupPath path) {
        Set<String> names = new HashSet<>();
        for (Path directory : directories(path)) {
            try {
                for (Path each :
                        files.exists(directory) ? files.directories(directory) : List.<Path>of()) {
                    names.add(String.valueOf(each.getFileName()));
                }
            } catch (SyscallException e) {
                throw new CarafeException.Internal("list the cgroups below " + path, e);
            }
        }
        return names;
    }

    /** Whether the path has a directory in any hierarchy. */
    public boolean exists(CgroupPath path) {
        return directories(path).stream().anyMatch(files::exists);
    }

    /**
     * Makes the cgroup and those above it in every hierarchy, ready for processes and limits: new
     * cpusets of version 1 are filled, controllers of version 2 enabled down the path. What is
     * there already is used as it is. After a failure nothing new is left.
     *
     * @throws CarafeException.Exhausted at the kernel's limit of cgroups
     */
    public Cgroup create(CgroupPath path) {
        new NewCgroup(layout, v1Roots, files, path).make();
        return at(path);
    }

    /** The path's directory in each hierarchy, version 2 last. */
    private List<Path> directories(CgroupPath path) {
        List<Path> found = new ArrayList<>();
        for (Path root : v1Roots) {
            found.add(root.resolve(path.relative()));
        }
        layout.unified().ifPresent(root -> found.add(root.resolve(path.relative())));
        return found;
    }

    /**
     * Where a controller's files of the path are; empty when this machine has no such controller.
     */
    Optional<ControllerDirectory> directory(Controller controller, CgroupPath path) {
        Path v1 = layout.v1().get(controller);
        if (v1 != null) {
            return Optional.of(new ControllerDirectory(v1.resolve(path.relative()), 1));
        }
        if (layout.unified().isPresent() && layout.unifiedControllers().contains(controller)) {
            return Optional.of(
                    new ControllerDirectory(layout.unified().get().resolve(path.relative()), 2));
        }
        return Optional.empty();
    }

    /** Mount points of all hierarchies of version 1, in a fixed order. */
    List<Path> v1Roots() {
        return v1Roots;
    }

    Optional<Path> unified(CgroupPath path) {
        return layout.unified().map(root -> root.resolve(path.relative()));
    }

    CgroupFiles files() {
        return files;
    }

    Processes processes() {
        return processes;
    }

    Pause pause() {
        return pause;
    }

    /** Which cgroup this process is in, by mount point of the hierarchy. */
    Map<Path, CgroupPlace> ownPlaces() {
        try {
            return CgroupPlace.parse(files.read(Path.of("/proc/self/cgroup")), layout);
        } catch (SyscallException e) {
            throw new CarafeException.Internal("find out this process's cgroups", e);
        }
    }

    /** The processes in this process's own cgroup, itself left out; in one hierarchy. */
    public Set<Integer> neighbours() {
        Set<Integer> pids = new HashSet<>();
        ownPlaces().entrySet().stream()
                .findFirst()
                .map(place -> place.getKey().resolve(place.getValue().path().substring(1)))
                .map(directory -> directory.resolve("cgroup.procs"))
                .ifPresent(file ->
                        new CounterFiles(files)
                                .lines(file)
                                .forEach(line -> {
                                    Long pid = CounterFiles.parsed(line);
                                    if (pid != null && pid > 1) {
                                        pids.add(pid.intValue());
                                    }
                                }));
        pids.remove((int) ProcessHandle.current().pid());
        return pids;
    }

    /** Controllers by version, for doctor: what this machine can limit. */
    public Map<Controller, Integer> versions() {
        return layout.v1().keySet().stream()
                .collect(
                        Collectors.toMap(
                                c -> c,
                                _ -> 1,
                                (a, _) -> a,
                                () -> {
                                    Map<Controller, Integer> all = new EnumMap<>(Controller.class);
                                    layout.unifiedControllers().forEach(c -> all.put(c, 2));
                                    return all;
                                }));
    }

    /**
     * @param version 1 or 2: whose files the directory has
     */
    record ControllerDirectory(Path directory, int version) {}
}
