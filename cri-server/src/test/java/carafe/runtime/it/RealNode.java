package carafe.runtime.it;

import carafe.base.BlockingCalls;
import carafe.base.DiskFiles;
import carafe.base.DurableFiles;
import carafe.base.Steps;
import carafe.linux.BootId;
import carafe.linux.PidWatch;
import carafe.linux.Processes;
import carafe.linux.ReadinessLoop;
import carafe.linux.SyscallException;
import carafe.linux.cgroup.CgroupDriver;
import carafe.linux.cgroup.CgroupFiles;
import carafe.linux.cgroup.CgroupLayout;
import carafe.linux.cgroup.CgroupPath;
import carafe.linux.cgroup.CgroupTree;
import carafe.linux.fs.FileCalls;
import carafe.network.cni.CniNetworks;
import carafe.runtime.CarafeRuntime;
import carafe.runtime.RuntimeSettings;
import carafe.runtime.fake.Faults;
import carafe.runtime.host.CniPodNetwork;
import carafe.runtime.host.HostCgroups;
import carafe.runtime.host.HostFactsReader;
import carafe.runtime.host.HostMeters;
import carafe.runtime.host.HostProcesses;
import carafe.runtime.host.HostShims;
import carafe.runtime.host.KernelSelinux;
import carafe.runtime.host.LayeredRootfsFiles;
import carafe.runtime.host.LocalHostPaths;
import carafe.runtime.port.LifeMeter;
import carafe.runtime.port.Ports;
import carafe.runtime.shim.Deadlines;
import carafe.runtime.shim.NativeShims;
import carafe.runtime.shim.ShimProgram;
import carafe.runtime.shim.ShimSpawner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** This machine, with directories and cgroups of the test's own. Runtimes come and go on it. */
final class RealNode implements AutoCloseable {
    private final Path base;
    private final BusyboxImages images;
    private final CgroupTree cgroups;
    private final CgroupPath parent =
            CgroupPath.of("/carafe-runtime-it-" + ProcessHandle.current().pid());
    private final Faults faults = new Faults();
    private final FaultyPorts faulty = new FaultyPorts(faults);
    private final ShimProgram program = ShimProgram.bundled();
    private final List<AutoCloseable> ofDaemon = new ArrayList<>();
    private volatile Steps steps = Steps.NONE;

    RealNode(Path base) throws IOException, SyscallException {
        this.base = base;
        this.images = new BusyboxImages(base);
        this.cgroups = new CgroupTree(CgroupLayout.read(), faulty.cgroups(CgroupFiles.linux()));
    }

    /** A daemon that has recovered; the one before it sees and does nothing any more. */
    CarafeRuntime daemon() throws SyscallException {
        die();
        ReadinessLoop loop = ReadinessLoop.open();
        loop.start();
        Deadlines deadlines = new Deadlines();
        ShimSpawner spawner = ShimSpawner.of(program);
        ofDaemon.add(deadlines);
        ofDaemon.add(spawner);
        ofDaemon.add(loop);
        CarafeRuntime runtime =
                new CarafeRuntime(
                        ports(loop, deadlines, spawner),
                        RuntimeSettings.of(
                                root(),
                                state(),
                                () -> "node",
                                new HostFactsReader(Path.of("/proc/self")).read()));
        runtime.recover();
        return runtime;
    }

    private Ports ports(ReadinessLoop loop, Deadlines deadlines, ShimSpawner spawner)
            throws SyscallException {
        DurableFiles files = faulty.files(new DiskFiles());
        BlockingCalls blocking = new BlockingCalls();
        Processes processes = new Processes();
        return new Ports(
                faulty.shims(
                        new HostShims(new NativeShims(program, spawner, loop, deadlines, files))),
                new HostProcesses(processes, new PidWatch(loop, processes), BootId.current()),
                new HostCgroups(cgroups, CgroupDriver.cgroupfs(), parent),
                new HostMeters(cgroups, processes),
                faulty.network(new CniPodNetwork(new CniNetworks(network(), files))),
                faulty.images(images),
                new LayeredRootfsFiles(FileCalls.linux(), blocking),
                faulty.hostPaths(new LocalHostPaths(blocking)),
                new KernelSelinux(Path.of("/"), FileCalls.linux()),
                files,
                step -> steps.reached(step),
                LifeMeter.NONE,
                InstantSource.system());
    }

    private CniNetworks.Settings network() {
        return new CniNetworks.Settings(
                base.resolve("cni"),
                List.of(),
                root().resolve("cni"),
                Duration.ofSeconds(10),
                Set.of(0),
                CniNetworks.Choice.USUAL);
    }

    /** What fails on this node; nothing at first. */
    Faults faults() {
        return faults;
    }

    /** The daemon is gone; what it started runs on. */
    void die() {
        for (AutoCloseable each : ofDaemon.reversed()) {
            try {
                each.close();
            } catch (Exception e) { // whatever it is, the test ends with it
                throw new IllegalStateException(e);
            }
        }
        ofDaemon.clear();
    }

    void setSteps(Steps steps) {
        this.steps = steps;
    }

    Path root() {
        return base.resolve("lib");
    }

    Path state() {
        return base.resolve("run");
    }

    Path logs() {
        return base.resolve("log");
    }

    /** Everything that pods and containers can leave behind; empty = nothing is left. */
    List<String> leftovers() {
        List<String> left = new ArrayList<>();
        for (Path each :
                List.of(
                        state().resolve("pods"),
                        state().resolve("containers"),
                        root().resolve("pods"),
                        root().resolve("containers"))) {
            left.addAll(entries(each));
        }
        images.prepared().forEach(each -> left.add("snapshot of " + each));
        left.addAll(mounts());
        left.addAll(processes());
        left.addAll(cgroups());
        return left;
    }

    private List<String> mounts() {
        try {
            return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                    .filter(line -> line.contains(base.toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Shims work in their bundles. */
    private List<String> processes() {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(each -> each.getFileName().toString().matches("[0-9]+"))
                    .filter(this::worksHere)
                    .map(each -> "process " + each)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean worksHere(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).startsWith(base);
        } catch (IOException e) {
            return false;
        }
    }

    private List<String> cgroups() {
        List<String> left = new ArrayList<>();
        for (Path hierarchy : hierarchies()) {
            left.addAll(
                    entries(hierarchy.resolve(parent.value().substring(1))).stream()
                            .filter(each -> Files.isDirectory(Path.of(each)))
                            .toList());
        }
        return left;
    }

    private static List<Path> hierarchies() {
        Path cgroup = Path.of("/sys/fs/cgroup");
        List<Path> found = new ArrayList<>(List.of(cgroup));
        try (Stream<Path> all = Files.list(cgroup)) {
            all.filter(each -> Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS))
                    .forEach(found::add);
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> entries(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(Path::toString).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        die();
        cgroups.at(parent).delete(Duration.ofSeconds(10));
        program.close();
    }
}
