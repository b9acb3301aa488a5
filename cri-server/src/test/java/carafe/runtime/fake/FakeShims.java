package carafe.runtime.fake;

import carafe.runtime.port.ContainerShim;
import carafe.runtime.port.ContainerShim.ExecCall;
import carafe.runtime.port.ContainerShim.ExecEnd;
import carafe.runtime.port.ContainerShim.OutputSink;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.ShimException;
import carafe.runtime.port.Shims;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Shims in memory, by bundle. Thread-safe. */
public final class FakeShims implements Shims {
    private final Faults faults;
    private final FakeProcesses processes;
    private final FakeHostPaths host;
    private final Map<Path, FakeShim> containers = new ConcurrentHashMap<>();
    private final Map<Path, ProcessId> holders = new ConcurrentHashMap<>();
    private final AtomicLong clock = new AtomicLong(1_000_000_000L);
    private Execs execs = (_, _) -> new ExecEnd(0, false);
    private final AtomicLong userNamespaceProbes = new AtomicLong();
    private volatile Optional<String> problem = Optional.empty();
    private volatile Optional<String> userNamespaceProblem = Optional.empty();

    FakeShims(Faults faults, FakeProcesses processes, FakeHostPaths host) {
        this.faults = faults;
        this.processes = processes;
        this.host = host;
    }

    /** What execs do. */
    @FunctionalInterface
    public interface Execs {
        ExecEnd exec(ExecCall call, OutputSink sink) throws ShimException;
    }

    public void setExecs(Execs execs) {
        this.execs = execs;
    }

    public void setProblem(Optional<String> problem) {
        this.problem = problem;
    }

    void dropWatchers() {
        containers.values().forEach(FakeShim::dropWatchers);
    }

    /** The shim of a bundle. */
    public FakeShim of(Path bundle) {
        FakeShim shim = containers.get(bundle);
        if (shim == null) {
            throw new IllegalStateException("no shim in " + bundle);
        }
        return shim;
    }

    @Override
    public StartedPod startPod(Path bundle, Duration deadline) throws ShimException {
        return faults.run("shims.startPod", () -> doStartPod(bundle), FakeShims::failed);
    }

    private StartedPod doStartPod(Path bundle) throws ShimException {
        if (!Files.exists(bundle.resolve("shim.json"))) {
            throw failed("no shim.json in " + bundle);
        }
        ProcessId holder = processes.start();
        holders.put(bundle, holder);
        host.mount(bundle.resolve("mem"));
        return new StartedPod(holder, OptionalInt.empty());
    }

    @Override
    public ProcessId createContainer(Path bundle, Duration deadline) throws ShimException {
        return faults.run("shims.createContainer", () -> doCreate(bundle), FakeShims::failed);
    }

    private ProcessId doCreate(Path bundle) throws ShimException {
        for (String file : new String[] {"config.json", "shim.json", "rootfs"}) {
            if (!Files.exists(bundle.resolve(file))) {
                throw failed("no " + file + " in " + bundle);
            }
        }
        ProcessId init = processes.start();
        containers.put(bundle, new FakeShim(this, processes.start(), init));
        return init;
    }

    @Override
    public ContainerShim container(Path bundle) {
        FakeShim shim = containers.get(bundle);
        return shim == null ? new NoShim() : shim;
    }

    @Override
    public int connectInPod(Path podBundle, int port, Duration deadline) throws ShimException {
        throw new ShimException.Failed("netsock.connect", "", 111, "connection refused");
    }

    @Override
    public Optional<ProcessId> podProcess(Path bundle) {
        return Optional.ofNullable(holders.get(bundle));
    }

    @Override
    public Optional<String> problem() {
        return problem;
    }

    @Override
    public Optional<String> userNamespaceProblem(Path directory, Duration deadline) {
        userNamespaceProbes.incrementAndGet();
        return userNamespaceProblem;
    }

    /** What the next probe for user namespaces finds. */
    public void setUserNamespaceProblem(Optional<String> problem) {
        this.userNamespaceProblem = problem;
    }

    /** How often user namespaces were tried. */
    public long userNamespaceProbes() {
        return userNamespaceProbes.get();
    }

    Faults faults() {
        return faults;
    }

    FakeProcesses processes() {
        return processes;
    }

    Execs execs() {
        return execs;
    }

    long now() {
        return clock.addAndGet(1_000_000);
    }

    static ShimException failed(String what) {
        return new ShimException.Failed("fake", "", 5, what);
    }
}
