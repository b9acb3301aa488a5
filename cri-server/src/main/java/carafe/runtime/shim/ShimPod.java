package carafe.runtime.shim;

import carafe.base.CarafeException;
import carafe.linux.Fd;
import carafe.linux.PidIdentity;
import carafe.shim.wire.Codec;
import carafe.shim.wire.Request;
import carafe.shim.wire.WireException;
import java.nio.file.Path;
import java.time.Duration;

/** {@link PodHandle} of a real process. */
final class ShimPod implements PodHandle {
    private static final int SIGKILL = 9;

    private final Bundle bundle;
    private final PidIdentity holder;
    private final ShimProcesses processes;
    private final ShimStart start;

    ShimPod(Bundle bundle, PidIdentity holder, ShimProcesses processes, ShimStart start) {
        this.start = start;
        this.bundle = bundle;
        this.holder = holder;
        this.processes = processes;
    }

    @Override
    public Path bundle() {
        return bundle.directory();
    }

    @Override
    public PidIdentity holder() {
        return holder;
    }

    @Override
    public boolean alive() {
        return processes.alive(holder);
    }

    @Override
    public Watch watch(Runnable onExit) {
        return processes.onExit(holder, onExit);
    }

    @Override
    public Fd connect(int port, Duration deadline) {
        return fetch(
                "connect to port %d in pod %s".formatted(port, bundle.id()),
                new Request.OpenSocket(holder.pid(), holder.startTicks(), port),
                deadline);
    }

    @Override
    public Fd netlink(Duration deadline) {
        return fetch(
                "open a netlink socket in pod " + bundle.id(),
                new Request.OpenNetlink(holder.pid(), holder.startTicks()),
                deadline);
    }

    private Fd fetch(String doing, Request request, Duration deadline) {
        try {
            return start.fetchSocket(doing, bundle, Codec.encode(request), deadline);
        } catch (WireException e) {
            throw new CarafeException.Invalid(doing + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void stop(Duration deadline) {
        if (processes.signal(holder, SIGKILL) && !processes.awaitExit(holder, deadline)) {
            throw new CarafeException.Deadline(
                    "stop pod %s: its holder, process %d, has not ended within %d ms"
                            .formatted(bundle.id(), holder.pid(), deadline.toMillis()));
        }
    }
}
