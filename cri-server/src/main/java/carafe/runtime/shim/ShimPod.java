package carafe.runtime.shim;

import carafe.base.CarafeException;
import carafe.linux.PidIdentity;
import java.nio.file.Path;
import java.time.Duration;

/** {@link PodHandle} of a real process. */
final class ShimPod implements PodHandle {
    private static final int SIGKILL = 9;

    private final Bundle bundle;
    private final PidIdentity holder;
    private final ShimProcesses processes;

    ShimPod(Bundle bundle, PidIdentity holder, ShimProcesses processes) {
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
    public void stop(Duration deadline) {
        if (processes.signal(holder, SIGKILL) && !processes.awaitExit(holder, deadline)) {
            throw new CarafeException.Deadline(
                    "stop pod %s: its holder, process %d, has not ended within %d ms"
                            .formatted(bundle.id(), holder.pid(), deadline.toMillis()));
        }
    }
}
