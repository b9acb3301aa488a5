package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.base.TaskScope;
import carafe.runtime.api.Caller;
import carafe.runtime.api.ContainerDetails;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.ContainerStatus;
import carafe.runtime.api.ContainerView;
import carafe.runtime.api.ExecSyncResult;
import carafe.runtime.api.Resources;
import carafe.runtime.cdi.CdiDevices;
import carafe.runtime.handler.Handlers;
import carafe.runtime.port.Ports;
import carafe.runtime.sandbox.PodContainers;
import carafe.runtime.seccomp.Arch;
import carafe.runtime.spec.AppArmorProfiles;
import carafe.runtime.spec.HostFacts;
import carafe.runtime.spec.SelinuxLabels;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.ContainerState;
import carafe.runtime.state.Core;
import carafe.streaming.OutputBudget;
import carafe.streaming.api.ContainerStream;
import carafe.streaming.api.StreamOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** Every use case of containers, put together. Thread-safe. */
public final class Containers implements PodContainers {
    private static final Duration ALL_DEADLINE = Duration.ofMinutes(4);
    private static final StopContainer.Patience STOP_PATIENCE =
            new StopContainer.Patience(
                    Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofMinutes(2));

    private final Core core;
    private final ContainerBundle bundles;
    private final KernelLimits limits;
    private final CreateContainer create;
    private final StartContainer start;
    private final StopContainer stop;
    private final RemoveContainer remove;
    private final UpdateContainer update;
    private final ExecSync exec;
    private final CommandStreams streams;
    private final ReopenLog reopen;

    /**
     * @param outputBudget of all captured outputs of the node
     */
    public Containers(Core core, Exits exits, Settings settings, OutputBudget outputBudget) {
        this.core = core;
        Ports ports = core.ports();
        this.bundles = settings.bundles();
        this.limits = new KernelLimits(ports.cgroups(), System::nanoTime);
        ContainerHoldings holdings = new ContainerHoldings(core, bundles);
        PidTargets targets = new PidTargets(core, bundles);
        SelinuxLabels labels = new SelinuxLabels(ports.selinux());
        this.create =
                new CreateContainer(
                        core,
                        new ContainerParts(
                                new ContainerRules(new AppArmorProfiles(Path.of("/sys")), labels),
                                new UserLookup(ports.rootfsFiles()),
                                new MountSources(ports.hostPaths()),
                                new ImageMounts(ports.images()),
                                new DeviceGrants(ports.hostPaths(), ownership(settings.devices())),
                                new CdiDevices(settings.devices().cdiSpecDirs(), ports.files()),
                                new CdiGrants(ports.hostPaths()),
                                bundles,
                                new LogDirectories(),
                                targets,
                                seccomp(ports),
                                settings.host(),
                                settings.handlers(),
                                labels),
                        holdings,
                        exits);
        this.start = new StartContainer(core, exits, targets);
        this.stop = new StopContainer(core, exits, STOP_PATIENCE);
        this.remove = new RemoveContainer(core, stop, holdings, exits);
        this.update = new UpdateContainer(core);
        ExecTemplates templates = new ExecTemplates(bundles);
        this.streams = new CommandStreams(core, templates, settings.execDrain());
        this.exec =
                new ExecSync(
                        core,
                        templates,
                        outputBudget,
                        new ExecSync.Limits(
                                settings.execOutputBytes(),
                                settings.execGuaranteedBytes(),
                                settings.execDrain()));
        this.reopen = new ReopenLog(core);
    }

    private static DeviceGrants.Ownership ownership(RuntimeDevices devices) {
        return devices.ownershipFromSecurityContext()
                ? DeviceGrants.Ownership.OF_USER
                : DeviceGrants.Ownership.OF_NODE;
    }

    private static SeccompChoice seccomp(Ports ports) {
        return new SeccompChoice(
                ports.files(),
                Arch.of(System.getProperty("os.arch")),
                SeccompChoice.kernel(System.getProperty("os.version")));
    }

    /**
     * @param execOutputBytes stdout and stderr of one exec together
     * @param execGuaranteedBytes of them that no other exec can take
     * @param execDrain how long output is read after the command has ended
     */
    public record Settings(
            ContainerBundle bundles,
            HostFacts host,
            Handlers handlers,
            RuntimeDevices devices,
            long execOutputBytes,
            long execGuaranteedBytes,
            Duration execDrain) {}

    public String create(String sandboxId, ContainerSpec spec, Caller caller) {
        return create.create(sandboxId, spec, caller);
    }

    public void start(String id) {
        start.start(id);
    }

    public void stop(String id, Duration grace) {
        stop.stop(id, grace);
    }

    public void remove(String id) {
        remove.remove(id);
    }

    /** Changes limits; see {@link carafe.runtime.api.ContainerRuntime#updateContainer}. */
    public void update(String id, Resources change) {
        update.update(id, change);
    }

    public ExecSyncResult exec(String id, List<String> command, Duration timeout) {
        return exec.exec(id, command, timeout);
    }

    /** The full id of a container that runs. */
    public String requireRunning(String idOrPrefix) {
        return RunningContainers.require(core, "use container " + idOrPrefix, idOrPrefix).id();
    }

    public ContainerStream exec(StreamOrder.Exec order) {
        return streams.exec(order);
    }

    public ContainerStream attach(StreamOrder.Attach order) {
        return streams.attach(order);
    }

    public void reopenLog(String id) {
        reopen.reopen(id);
    }

    public ContainerStatus status(String id) {
        ContainerRecord container = core.inventory().containers().require(id);
        boolean ended = container.state() instanceof ContainerState.Exited;
        if (ended) {
            return container.status();
        }
        Resources recorded = container.settings().resources();
        return container
                .limitedTo(limits.of(container.id(), container.cgroup(), recorded))
                .status();
    }

    public ContainerDetails details(String id) {
        ContainerRecord container = core.inventory().containers().require(id);
        return new ContainerDetails(
                container.podId(),
                container.state().pid(),
                container.id(),
                container.cgroup(),
                core.paths().container(container.id()).toString(),
                container.settings().stdio(),
                bundles.config(container.id()).map(Object::toString).orElse(""));
    }

    public List<ContainerView> list(ContainerFilter filter) {
        return core.inventory().containers().all().stream()
                .filter(each -> matches(each, filter))
                .sorted(
                        Comparator.comparingLong(ContainerRecord::createdAtNanos)
                                .thenComparing(ContainerRecord::id))
                .map(ContainerRecord::view)
                .toList();
    }

    /** Stops in progress, for leak checks. */
    int stopsInProgress() {
        return stop.inProgress();
    }

    @Override
    public void stopAll(String podId) {
        each(podId, "stop", id -> stop.stop(id, Duration.ZERO));
    }

    @Override
    public void removeAll(String podId) {
        each(podId, "remove", remove::remove);
    }

    private void each(String podId, String what, Consumer<String> action) {
        List<ContainerRecord> all = core.inventory().containersOf(podId);
        if (all.isEmpty()) {
            return;
        }
        Queue<CarafeException> failures = new ConcurrentLinkedQueue<>();
        try (TaskScope scope = new TaskScope(what + " containers of " + podId)) {
            for (ContainerRecord each : all) {
                scope.fork(() -> attempt(each.id(), action, failures));
            }
            scope.join(ALL_DEADLINE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarafeException.Deadline(
                    "%s the containers of pod sandbox %s: interrupted".formatted(what, podId), e);
        } catch (CarafeException e) {
            throw e;
        } catch (Exception e) { // a scope hands on whatever a child threw
            throw new CarafeException.Internal(
                    "%s the containers of pod sandbox %s: %s".formatted(what, podId, e), e);
        }
        CarafeException first = failures.poll();
        if (first != null) {
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    /** One container's failure must not keep the others from ending. */
    private static boolean attempt(
            String id, Consumer<String> action, Queue<CarafeException> failures) {
        try {
            action.accept(id);
            return true;
        } catch (CarafeException e) {
            failures.add(e);
            return false;
        }
    }

    private static boolean matches(ContainerRecord container, ContainerFilter filter) {
        return container.id().startsWith(filter.idPrefix())
                && container.podId().startsWith(filter.sandboxIdPrefix())
                && (filter.phase() == null || filter.phase() == container.state().phase())
                && container.settings().labels().entrySet().containsAll(filter.labels().entrySet());
    }
}
