package carafe.runtime;

import carafe.runtime.api.Caller;
import carafe.runtime.api.ContainerDetails;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.ContainerRuntime;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.ContainerStatus;
import carafe.runtime.api.ContainerView;
import carafe.runtime.api.ExecSyncResult;
import carafe.runtime.api.Resources;
import carafe.runtime.api.RuntimeCondition;
import carafe.runtime.api.RuntimeFeatures;
import carafe.runtime.api.SandboxDetails;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxSpec;
import carafe.runtime.api.SandboxStatus;
import carafe.runtime.api.SandboxView;
import carafe.runtime.api.Subscription;
import carafe.runtime.api.UsageStats;
import carafe.runtime.container.ContainerBundle;
import carafe.runtime.container.ContainerHoldings;
import carafe.runtime.container.Containers;
import carafe.runtime.container.Exits;
import carafe.runtime.event.EventHub;
import carafe.runtime.port.Ports;
import carafe.runtime.recovery.Orphans;
import carafe.runtime.recovery.RecoverContainer;
import carafe.runtime.recovery.RecoverPod;
import carafe.runtime.recovery.Recovery;
import carafe.runtime.sandbox.HolderWatch;
import carafe.runtime.sandbox.PodHoldings;
import carafe.runtime.sandbox.Sandboxes;
import carafe.runtime.state.Core;
import carafe.runtime.state.Inventory;
import carafe.runtime.state.StatePaths;
import carafe.runtime.stats.NodeFigures;
import carafe.runtime.stats.Stats;
import carafe.streaming.OutputBudget;
import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.StreamBackend;
import carafe.streaming.api.StreamOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The runtime, put together from its ports. Call {@link #recover} once, before anything else. */
public final class CarafeRuntime implements ContainerRuntime, StreamBackend {
    private static final EventHub.Limits EVENTS = new EventHub.Limits(10_000, 32);

    private final Core core;
    private final Sandboxes sandboxes;
    private final Containers containers;
    private final Recovery recovery;
    private final Health health;
    private final Features features;
    private final UserNamespaceSupport userNamespaces;
    private final Stats stats;

    public CarafeRuntime(Ports ports, RuntimeSettings settings) {
        StatePaths paths = new StatePaths(settings.state());
        this.core =
                new Core(
                        new Inventory(settings.root(), ports.files()),
                        ports,
                        paths,
                        new EventHub(EVENTS, ports.life()::subscriberDropped));
        ContainerBundle bundles = new ContainerBundle(paths, ports.files(), settings.maxLogLine());
        Exits exits = new Exits(core);
        PodHoldings podHoldings = new PodHoldings(ports, paths);
        HolderWatch holders = new HolderWatch(core);
        this.userNamespaces =
                new UserNamespaceSupport(ports.shims(), settings.root(), System::nanoTime);
        this.containers = containers(core, exits, bundles, settings);
        this.sandboxes =
                new Sandboxes(
                        core,
                        new Sandboxes.Settings(
                                settings.handlers(),
                                settings.hostEtc(),
                                settings.hostname(),
                                userNamespaces::problem),
                        podHoldings,
                        holders,
                        containers);
        this.recovery =
                new Recovery(
                        core,
                        new RecoverPod(core, podHoldings, holders),
                        new RecoverContainer(core, exits),
                        new Orphans(
                                core, podHoldings, new ContainerHoldings(core, bundles), bundles));
        this.health = new Health(core, settings.root());
        this.features =
                new Features(
                        settings.handlers(),
                        ports.hostPaths(),
                        () -> userNamespaces.problem().isEmpty());
        this.stats = new Stats(core);
    }

    private static Containers containers(
            Core core, Exits exits, ContainerBundle bundles, RuntimeSettings settings) {
        RuntimeSettings.Exec exec = settings.exec();
        return new Containers(
                core,
                exits,
                new Containers.Settings(
                        bundles,
                        settings.host(),
                        settings.handlers(),
                        settings.devices(),
                        exec.outputBytes(),
                        exec.guaranteedBytes(),
                        exec.drain()),
                new OutputBudget(exec.nodeBytes()));
    }

    /** Takes over what an earlier daemon left; returns within seconds, whatever it finds. */
    public void recover() {
        recovery.run();
    }

    /** Figures of the node as a whole, for metrics. */
    public NodeFigures figures() {
        return new NodeFigures(core);
    }

    /**
     * What is known of one pod or container, its processes and its shim, as a tree for JSON.
     *
     * @throws carafe.base.CarafeException.NotFound without such a pod or container
     */
    public Map<String, Object> describe(String idOrPrefix) {
        return new ObjectFacts(core).of(idOrPrefix);
    }

    Core core() {
        return core;
    }

    @Override
    public void announcePodRange(String podCidr) {
        core.ports().network().announce(podCidr);
    }

    @Override
    public String runSandbox(SandboxSpec spec, Caller caller) {
        return sandboxes.run(spec, caller);
    }

    @Override
    public void stopSandbox(String id) {
        sandboxes.stop(id);
    }

    @Override
    public void removeSandbox(String id) {
        sandboxes.remove(id);
    }

    @Override
    public SandboxStatus sandboxStatus(String id) {
        return sandboxes.status(id);
    }

    @Override
    public SandboxDetails sandboxDetails(String id) {
        return sandboxes.details(id);
    }

    @Override
    public List<SandboxView> listSandboxes(SandboxFilter filter) {
        return sandboxes.list(filter);
    }

    @Override
    public String createContainer(String sandboxId, ContainerSpec spec, Caller caller) {
        return containers.create(sandboxId, spec, caller);
    }

    @Override
    public void startContainer(String id) {
        containers.start(id);
    }

    @Override
    public void stopContainer(String id, Duration grace) {
        containers.stop(id, grace);
    }

    @Override
    public void removeContainer(String id) {
        containers.remove(id);
    }

    @Override
    public void updateContainer(String id, Resources change) {
        containers.update(id, change);
    }

    @Override
    public void updateSandbox(String id, Resources overhead, Resources resources) {
        sandboxes.update(id, overhead, resources);
    }

    @Override
    public ContainerStatus containerStatus(String id) {
        return containers.status(id);
    }

    @Override
    public ContainerDetails containerDetails(String id) {
        return containers.details(id);
    }

    @Override
    public List<ContainerView> listContainers(ContainerFilter filter) {
        return containers.list(filter);
    }

    @Override
    public ExecSyncResult execSync(String id, List<String> command, Duration timeout) {
        return containers.exec(id, command, timeout);
    }

    @Override
    public UsageStats stats() {
        return stats;
    }

    @Override
    public String requireRunning(String id) {
        return containers.requireRunning(id);
    }

    @Override
    public String requireReadySandbox(String id) {
        return sandboxes.requireReady(id);
    }

    @Override
    public ContainerStream exec(StreamOrder.Exec order) {
        return containers.exec(order);
    }

    @Override
    public ContainerStream attach(StreamOrder.Attach order) {
        return containers.attach(order);
    }

    @Override
    public int connect(String podId, int port) {
        return sandboxes.connect(podId, port);
    }

    @Override
    public void reopenLog(String id) {
        containers.reopenLog(id);
    }

    @Override
    public Subscription subscribe() {
        return core.events().subscribe();
    }

    @Override
    public RuntimeFeatures features() {
        return features.tell();
    }

    @Override
    public List<RuntimeCondition> conditions() {
        return health.conditions();
    }
}
