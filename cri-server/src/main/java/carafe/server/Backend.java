package carafe.server;

import carafe.base.BlockingCalls;
import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.base.DurableFiles;
import carafe.base.Steps;
import carafe.config.CarafeConfig;
import carafe.image.ImageService;
import carafe.image.local.ImagesConfig;
import carafe.image.local.LocalImages;
import carafe.linux.BootId;
import carafe.linux.KernelFiles;
import carafe.linux.PidWatch;
import carafe.linux.Processes;
import carafe.linux.ReadinessLoop;
import carafe.linux.SyscallException;
import carafe.linux.cgroup.CgroupDriver;
import carafe.linux.cgroup.CgroupFiles;
import carafe.linux.cgroup.CgroupLayout;
import carafe.linux.cgroup.CgroupPath;
import carafe.linux.cgroup.CgroupTree;
import carafe.linux.cgroup.ShimsCgroup;
import carafe.linux.fs.FileCalls;
import carafe.network.cni.CniNetworks;
import carafe.runtime.CarafeRuntime;
import carafe.runtime.RuntimeSettings;
import carafe.runtime.container.RuntimeDevices;
import carafe.runtime.host.CniPodNetwork;
import carafe.runtime.host.HostCgroups;
import carafe.runtime.host.HostFactsReader;
import carafe.runtime.host.HostMeters;
import carafe.runtime.host.HostProcesses;
import carafe.runtime.host.HostShims;
import carafe.runtime.host.LayeredRootfsFiles;
import carafe.runtime.host.LocalHostPaths;
import carafe.runtime.port.Ports;
import carafe.runtime.shim.Deadlines;
import carafe.runtime.shim.NativeShims;
import carafe.runtime.shim.ShimProgram;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/** What the RPCs call: the runtime and the images, with everything below them. */
record Backend(CarafeRuntime runtime, ImageService images, Closer closer) implements AutoCloseable {
    private static final Duration PLUGIN_DEADLINE = Duration.ofMinutes(1);

    /** Builds everything from the bottom up; what was built is given back when a part fails. */
    static Backend open(CarafeConfig config) {
        Closer closer = new Closer();
        try {
            return open(config, closer);
        } catch (SyscallException e) {
            closer.close();
            throw new CarafeException.Internal("start: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            closer.close();
            throw e;
        }
    }

    private static Backend open(CarafeConfig config, Closer closer) throws SyscallException {
        DurableFiles files = new DiskFiles();
        ReadinessLoop readiness = closer.add(ReadinessLoop.open());
        readiness.start();
        CgroupTree tree = new CgroupTree(CgroupLayout.read(), CgroupFiles.linux());
        HostCgroups cgroups = cgroups(tree, config, closer);
        LocalImages images = closer.add(LocalImages.open(imagesConfig(config)));
        BlockingCalls blocking = new BlockingCalls();
        Processes processes = new Processes();
        Ports ports =
                new Ports(
                        shims(readiness, files, closer),
                        new HostProcesses(
                                processes, new PidWatch(readiness, processes), BootId.current()),
                        cgroups,
                        new HostMeters(tree, processes),
                        new CniPodNetwork(new CniNetworks(network(config), files)),
                        images,
                        new LayeredRootfsFiles(FileCalls.linux(), blocking),
                        new LocalHostPaths(blocking),
                        files,
                        Steps.NONE,
                        InstantSource.system());
        return new Backend(new CarafeRuntime(ports, settings(config)), images, closer);
    }

    private static HostCgroups cgroups(CgroupTree tree, CarafeConfig config, Closer closer)
            throws SyscallException {
        CgroupPath pods = CgroupPath.of(config.cgroup().podsWithoutParent());
        closer.add(() -> tree.at(pods).removeIfEmpty());
        closer.add(ShimsCgroup.enter(tree, CgroupPath.of(config.cgroup().shims())));
        return new HostCgroups(tree, CgroupDriver.cgroupfs(), pods);
    }

    private static HostShims shims(ReadinessLoop readiness, DurableFiles files, Closer closer) {
        ShimProgram program = closer.add(ShimProgram.bundled());
        Deadlines deadlines = closer.add(new Deadlines());
        return new HostShims(new NativeShims(program, readiness, deadlines, files));
    }

    private static CniNetworks.Settings network(CarafeConfig config) {
        return new CniNetworks.Settings(
                config.cni().confDir(),
                config.cni().binDirs(),
                config.storage().root().resolve("cni"),
                PLUGIN_DEADLINE,
                Set.of(0));
    }

    private static ImagesConfig imagesConfig(CarafeConfig config) {
        ImagesConfig usual = ImagesConfig.standard(config.storage().root());
        CarafeConfig.Images wanted = config.images();
        return new ImagesConfig(
                usual.root(),
                wanted.certsDir(),
                Set.copyOf(wanted.plainRegistries()),
                wanted.parallelLayers() == 0 ? usual.parallelLayers() : wanted.parallelLayers(),
                Set.copyOf(wanted.pinned()),
                usual.transfer(),
                usual.pull(),
                usual.unpack());
    }

    private static RuntimeSettings settings(CarafeConfig config) {
        RuntimeSettings usual =
                RuntimeSettings.of(
                        config.storage().root(),
                        config.storage().state(),
                        Backend::hostname,
                        new HostFactsReader(Path.of("/proc/self")).read());
        return new RuntimeSettings(
                usual.root(),
                usual.state(),
                usual.hostEtc(),
                usual.hostname(),
                usual.handlers(),
                usual.host(),
                new RuntimeDevices(
                        config.devices().cdiSpecDirs(),
                        config.devices().ownershipFromSecurityContext()),
                config.log().maxLine().toIntExact(),
                usual.exec());
    }

    private static String hostname() {
        try {
            return KernelFiles.read(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (SyscallException e) {
            throw new CarafeException.Internal("read the node's name: " + e.getMessage(), e);
        }
    }

    /** Finds what an earlier daemon left running. */
    void recover() {
        runtime.recover();
    }

    @Override
    public void close() {
        closer.close();
    }
}
