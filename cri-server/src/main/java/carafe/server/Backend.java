package carafe.server;

import carafe.base.BlockingCalls;
import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.base.DurableFiles;
import carafe.config.CarafeConfig;
import carafe.config.DownloadsSection;
import carafe.config.ImagesSection;
import carafe.config.WritableLayersSection;
import carafe.image.credential.CredentialProgram;
import carafe.image.credential.DockerConfig;
import carafe.image.download.DownloadLimits;
import carafe.image.local.ImagesConfig;
import carafe.image.local.LocalImages;
import carafe.image.registry.Proxies;
import carafe.image.registry.TransferLimits;
import carafe.image.snapshot.WritableLimit;
import carafe.linux.BootId;
import carafe.linux.KernelFiles;
import carafe.linux.PidWatch;
import carafe.linux.Processes;
import carafe.linux.ReadinessLoop;
import carafe.linux.SyscallException;
import carafe.linux.cgroup.CgroupFiles;
import carafe.linux.cgroup.CgroupLayout;
import carafe.linux.cgroup.CgroupPath;
import carafe.linux.cgroup.CgroupTree;
import carafe.linux.fs.FileCalls;
import carafe.metrics.Meters;
import carafe.metrics.OperationBoard;
import carafe.runtime.CarafeRuntime;
import carafe.runtime.RuntimeSettings;
import carafe.runtime.container.RuntimeDevices;
import carafe.runtime.handler.Handlers;
import carafe.runtime.host.HostCgroups;
import carafe.runtime.host.HostFactsReader;
import carafe.runtime.host.HostMeters;
import carafe.runtime.host.HostProcesses;
import carafe.runtime.host.HostShims;
import carafe.runtime.host.KernelSelinux;
import carafe.runtime.host.LayeredRootfsFiles;
import carafe.runtime.host.LocalHostPaths;
import carafe.runtime.port.Ports;
import carafe.runtime.shim.Deadlines;
import carafe.runtime.shim.NativeShims;
import carafe.runtime.shim.ShimProgram;
import carafe.runtime.shim.ShimSpawner;
import carafe.runtime.spec.HostFacts;
import carafe.runtime.state.StatePaths;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the RPCs call: the runtime and the images, with everything below them.
 *
 * @param board the changes that run
 * @param logs what containers have logged
 * @param maxLogLine bytes; new containers' logs obey it
 */
record Backend(
        CarafeRuntime runtime,
        LocalImages images,
        OperationBoard board,
        LogTally logs,
        AtomicInteger maxLogLine,
        Closer closer)
        implements AutoCloseable {
    private static final int LOWEST_OOM_SCORE = -1000;
    private static final Duration HELPER_DEADLINE = Duration.ofSeconds(30);

    /** Builds everything from the bottom up; what was built is given back when a part fails. */
    static Backend open(CarafeConfig config, Meters meters) {
        Closer closer = new Closer();
        try {
            return open(config, meters, closer);
        } catch (SyscallException e) {
            closer.close();
            throw new CarafeException.Internal("start: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            closer.close();
            throw e;
        }
    }

    private static Backend open(CarafeConfig config, Meters meters, Closer closer)
            throws SyscallException {
        DurableFiles files = new DiskFiles();
        ReadinessLoop readiness = closer.add(ReadinessLoop.open());
        readiness.start();
        CgroupTree tree = new CgroupTree(CgroupLayout.read(), CgroupFiles.linux());
        HostCgroups cgroups = CgroupSetup.open(tree, config.cgroup(), closer);
        LocalImages images =
                closer.add(
                        LocalImages.open(
                                imagesConfig(config),
                                LocalImages.Ports.real(new PullTimes(meters))));
        OperationBoard board = new OperationBoard(meters);
        LogTally logs = new LogTally();
        BlockingCalls blocking = new BlockingCalls();
        Processes processes = new Processes();
        NativeShims shims = shims(readiness, files, closer);
        Ports ports =
                new Ports(
                        new HostShims(shims),
                        new HostProcesses(
                                processes, new PidWatch(readiness, processes), BootId.current()),
                        cgroups,
                        new HostMeters(tree, processes),
                        new TimedNetwork(
                                NetworkSetup.open(config, shims, files, board, closer), meters),
                        images,
                        new LayeredRootfsFiles(FileCalls.linux(), blocking),
                        new LocalHostPaths(blocking),
                        new KernelSelinux(Path.of("/"), FileCalls.linux()),
                        files,
                        board,
                        new LifeCounts(meters, logs),
                        InstantSource.system());
        AtomicInteger maxLogLine = new AtomicInteger(config.log().maxLine().toIntExact());
        CarafeRuntime runtime = new CarafeRuntime(ports, settings(config, maxLogLine));
        NodeGauges.register(
                meters,
                runtime,
                board,
                new ShimFigures(tree::neighbours, Path.of("/proc")),
                remains(config, tree),
                logs);
        ContainerGauges.register(meters, runtime.stats());
        return new Backend(runtime, images, board, logs, maxLogLine, closer);
    }

    private static Remains remains(CarafeConfig config, CgroupTree tree) {
        return new Remains(
                tree,
                config.cgroup().driver() == CarafeConfig.CgroupDriver.CGROUPFS
                        ? Optional.of(CgroupPath.of(config.cgroup().podsWithoutParent()))
                        : Optional.empty(),
                new StatePaths(config.storage().state()));
    }

    private static NativeShims shims(ReadinessLoop readiness, DurableFiles files, Closer closer) {
        ShimProgram program = closer.add(ShimProgram.bundled());
        ShimSpawner spawner = closer.add(ShimSpawner.of(program));
        Deadlines deadlines = closer.add(new Deadlines());
        return new NativeShims(program, spawner, readiness, deadlines, files);
    }

    private static ImagesConfig imagesConfig(CarafeConfig config) {
        ImagesConfig usual = ImagesConfig.standard(config.storage().root());
        ImagesSection wanted = config.images();
        return new ImagesConfig(
                usual.root(),
                wanted.certsDir(),
                wanted.signaturePolicy(),
                Set.copyOf(wanted.plainRegistries()),
                new DockerConfig(
                        wanted.dockerConfig(),
                        new CredentialProgram(wanted.credentialHelperDirs(), HELPER_DEADLINE)),
                Proxies.of(System.getenv()),
                wanted.parallelLayers() == 0 ? usual.parallelLayers() : wanted.parallelLayers(),
                wanted.keepBlobs(),
                Set.copyOf(wanted.pinned()),
                transfer(usual.transfer(), config.downloads()),
                downloads(usual.downloads(), config.downloads()),
                usual.pull(),
                usual.unpack(),
                writable(config.writableLayers()));
    }

    private static WritableLimit writable(WritableLayersSection wanted) {
        return wanted.projectIds() == 0
                ? WritableLimit.NONE
                : new WritableLimit(
                        wanted.limit().count(), wanted.firstProjectId(), wanted.projectIds());
    }

    private static TransferLimits transfer(TransferLimits usual, DownloadsSection wanted) {
        return new TransferLimits(
                usual.connect(),
                wanted.noProgress(),
                usual.tries(),
                usual.backoff(),
                usual.longestPause());
    }

    private static DownloadLimits downloads(DownloadLimits usual, DownloadsSection wanted) {
        return new DownloadLimits(
                wanted.connections(),
                wanted.connectionsPerBlob(),
                wanted.bytesInFlight().count(),
                usual.pieceBytes(),
                wanted.keepPartial(),
                usual.freeBytesFloor());
    }

    private static RuntimeSettings settings(CarafeConfig config, AtomicInteger maxLogLine) {
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
                handlers(config, usual.host()),
                usual.host(),
                new RuntimeDevices(
                        config.devices().cdiSpecDirs(),
                        config.devices().ownershipFromSecurityContext()),
                maxLogLine::get,
                usual.exec());
    }

    private static Handlers handlers(CarafeConfig config, HostFacts host) {
        Map<String, Path> programs = new HashMap<>();
        config.runtime()
                .handlers()
                .forEach((name, handler) -> programs.put(name, handler.program()));
        return new Handlers(
                programs,
                host.capabilities().contains("CAP_SYS_RESOURCE")
                        ? LOWEST_OOM_SCORE
                        : ownOomScore());
    }

    /** Without the right to lower it, what the daemon has is the least its containers can have. */
    private static int ownOomScore() {
        try {
            return Integer.parseInt(KernelFiles.read(Path.of("/proc/self/oom_score_adj")).strip());
        } catch (SyscallException e) {
            throw new CarafeException.Internal("read oom_score_adj: " + e.getMessage(), e);
        }
    }

    static String hostname() {
        try {
            return KernelFiles.read(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (SyscallException e) {
            throw new CarafeException.Internal("read the node's name: " + e.getMessage(), e);
        }
    }

    /** Makes the live values of a configuration count for what begins from now on. */
    void apply(CarafeConfig config) {
        maxLogLine.set(config.log().maxLine().toIntExact());
        images.reconfigure(imagesConfig(config));
    }

    /** Finds what an earlier daemon left running. */
    void recover() {
        runtime.recover();
        logs.begin(runtime.figures().logs());
    }

    @Override
    public void close() {
        closer.close();
    }
}
