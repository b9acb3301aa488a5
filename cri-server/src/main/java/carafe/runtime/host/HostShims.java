package carafe.runtime.host;

import carafe.base.CarafeException;
import carafe.linux.PidIdentity;
import carafe.runtime.port.ContainerShim;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.ShimException;
import carafe.runtime.port.Shims;
import carafe.runtime.shim.PodHandle;
import carafe.runtime.shim.ShimLauncher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Shims as processes of this machine. Thread-safe. */
public final class HostShims implements Shims {
    private final ShimLauncher launcher;

    public HostShims(ShimLauncher launcher) {
        this.launcher = launcher;
    }

    @Override
    public StartedPod startPod(Path bundle, Duration deadline) throws ShimException {
        return ShimCall.of("shim.pod", () -> started(launcher.startPod(bundle, deadline)));
    }

    private static StartedPod started(ShimLauncher.NewPod made) {
        return new StartedPod(
                id(made.pod().holder()),
                made.netlink()
                        .map(socket -> OptionalInt.of(socket.release()))
                        .orElse(OptionalInt.empty()));
    }

    @Override
    public ProcessId createContainer(Path bundle, Duration deadline) throws ShimException {
        return ShimCall.of(
                "shim.create", () -> id(launcher.createContainer(bundle, deadline).init()));
    }

    @Override
    public ContainerShim container(Path bundle) {
        return new HostContainerShim(launcher, bundle);
    }

    @Override
    public int connectInPod(Path podBundle, int port, Duration deadline) throws ShimException {
        PodHandle pod =
                launcher.findPod(podBundle)
                        .orElseThrow(() ->
                                new ShimException.Gone("no pod was ever started in " + podBundle));
        return ShimCall.of("shim.connect", () -> pod.connect(port, deadline).release());
    }

    @Override
    public Optional<ProcessId> podProcess(Path bundle) {
        return launcher.findPod(bundle).map(PodHandle::holder).map(HostShims::id);
    }

    @Override
    public Optional<String> problem() {
        try {
            launcher.check();
            return Optional.empty();
        } catch (CarafeException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Optional<String> userNamespaceProblem(Path directory, Duration deadline)
            throws ShimException {
        return ShimCall.of("shim.probe", () -> launcher.userNamespaceProblem(directory, deadline));
    }

    static ProcessId id(PidIdentity process) {
        return new ProcessId(process.pid(), process.startTicks());
    }
}
