package carafe.linux.cgroup;

import carafe.base.CarafeException;
import carafe.linux.Errno;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All cgroup hierarchies of the machine as one tree: a cgroup is a path, and has a directory in
 * every hierarchy. Thread-safe; two threads that make or remove the same path hold their own lock.
 */
public final class CgroupTree {
    private static final Logger LOG = LoggerFactory.getLogger(CgroupTree.class);

    private final CgroupLayout layout;
    private final CgroupFiles files;
    private final Processes processes;
    private final Pause pause;

    /** The tree of this machine. */
    public CgroupTree(CgroupLayout layout, CgroupFiles files) {
        this(layout, files, new Processes(), Pause.REAL);
    }

    CgroupTree(CgroupLayout layout, CgroupFiles files, Processes processes, Pause pause) {
        this.layout = layout;
        this.files = files;
        this.processes = processes;
        this.pause = pause;
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
        List<Path> made = new ArrayList<>();
        try {
            for (Path root : layout.v1Roots()) {
                makeV1(root, path, made);
            }
            if (layout.unified().isPresent()) {
                makeUnified(layout.unified().get(), path, made);
            }
            return at(path);
        } catch (SyscallException e) {
            removeAgain(made);
            String message = "create cgroup " + path + ": " + e.getMessage();
            throw e.is(Errno.ENOSPC) || e.is(Errno.EAGAIN) || e.is(Errno.ENOMEM)
                    ? new CarafeException.Exhausted(message, e)
                    : new CarafeException.Internal(message, e);
        }
    }

    private void makeV1(Path root, CgroupPath path, List<Path> made) throws SyscallException {
        boolean cpuset = root.equals(layout.v1().get(Controller.CPUSET));
        for (CgroupPath step : path.fromTop()) {
            Path directory = root.resolve(step.relative());
            make(directory, made);
            if (cpuset) {
                CpusetController.fillFromParent(files, directory);
            }
        }
    }

    private void makeUnified(Path root, CgroupPath path, List<Path> made) throws SyscallException {
        Path parent = root;
        for (CgroupPath step : path.fromTop()) {
            enableControllers(parent);
            Path directory = root.resolve(step.relative());
            make(directory, made);
            parent = directory;
        }
    }

    /**
     * Hands all controllers on to the children. A cgroup that holds processes itself cannot do that
     * (EBUSY, "no internal processes"); then its children go without, and a limit that needs the
     * controller says so.
     */
    private void enableControllers(Path directory) throws SyscallException {
        if (layout.unifiedControllers().isEmpty()) {
            return;
        }
        String offered = files.read(directory.resolve("cgroup.controllers"));
        Set<Controller> missing = CgroupLayout.controllers(offered);
        Path control = directory.resolve("cgroup.subtree_control");
        missing.removeAll(CgroupLayout.controllers(files.read(control)));
        for (Controller controller : missing) {
            try {
                files.write(control, "+" + v2Name(controller));
            } catch (SyscallException e) {
                LOG.atWarn()
                        .addKeyValue("cgroup", directory)
                        .addKeyValue("controller", controller.kernelName())
                        .setCause(e)
                        .log("Controller cannot be handed on to the cgroups below");
            }
        }
    }

    private static String v2Name(Controller controller) {
        return controller == Controller.BLKIO ? "io" : controller.kernelName();
    }

    private void make(Path directory, List<Path> made) throws SyscallException {
        try {
            files.makeDirectory(directory);
            made.add(directory);
        } catch (SyscallException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
    }

    private void removeAgain(List<Path> made) {
        for (Path directory : made.reversed()) {
            try {
                files.removeDirectory(directory);
            } catch (SyscallException e) {
                LOG.atWarn().setCause(e).log("A cgroup made for nothing could not be removed");
            }
        }
    }

    /** The path's directory in each hierarchy, version 2 last. */
    private List<Path> directories(CgroupPath path) {
        List<Path> found = new ArrayList<>();
        for (Path root : layout.v1Roots()) {
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
