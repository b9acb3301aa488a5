package carafe.runtime.sandbox;

import carafe.base.CarafeException;
import carafe.runtime.api.DnsConfig;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.port.Cgroups;
import carafe.runtime.port.PodNetwork;
import carafe.runtime.port.Ports;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.Processes;
import carafe.runtime.state.PodRecord;
import carafe.runtime.state.StatePaths;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gives back what a pod holds, each part idempotent and by itself. */
public final class PodHoldings {
    private static final Duration HOLDER_END = Duration.ofSeconds(10);

    private final Ports ports;
    private final StatePaths paths;

    public PodHoldings(Ports ports, StatePaths paths) {
        this.ports = ports;
        this.paths = paths;
    }

    /** Everything, in the order that plugins want: network, holder, mount. */
    public void release(PodRecord pod) {
        detachNetwork(pod);
        // A pid of an earlier run of the machine could by now be anybody's.
        if (pod.bootId().equals(ports.processes().bootId())) {
            endHolder(pod.id(), Optional.ofNullable(pod.held().holder()));
        }
        detachMemory(pod.id());
    }

    private void detachNetwork(PodRecord pod) {
        if (pod.settings().namespaces().network() == Mode.POD) {
            ports.network().detach(request(pod));
        }
    }

    /** Ends the holder, also one that only the bundle knows of, and waits for its end. */
    public void endHolder(String podId, Optional<ProcessId> known) {
        Optional<ProcessId> holder =
                known.isPresent() ? known : ports.shims().podProcess(paths.pod(podId));
        if (holder.isEmpty()) {
            return;
        }
        CountDownLatch ended = new CountDownLatch(1);
        try (Processes.Watch _ = ports.processes().onExit(holder.get(), ended::countDown)) {
            ports.processes().kill(holder.get());
            if (!ended.await(HOLDER_END.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new CarafeException.Deadline(
                        "the holder %d of pod sandbox %s has not ended within %s of SIGKILL"
                                .formatted(holder.get().pid(), podId, HOLDER_END));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarafeException.Deadline("interrupted while the holder of a pod ended", e);
        }
    }

    /** Takes the pod's tmpfs out of the mount table; none there is success. */
    public void detachMemory(String podId) {
        ports.hostPaths().detachMount(paths.podMemory(podId));
    }

    /** The pod as its network knows it, with its namespace if it lives. */
    public PodNetwork.Request request(PodRecord pod) {
        return request(pod, livingHolder(pod), null);
    }

    /**
     * @param dns as asked for
     */
    static PodNetwork.Request request(
            PodRecord pod, Optional<ProcessId> holder, @Nullable DnsConfig dns) {
        Cgroups.PodCgroup cgroup = pod.held().cgroup();
        return new PodNetwork.Request(
                pod.id(),
                pod.metadata(),
                holder.map(each -> Path.of("/proc", String.valueOf(each.pid()), "ns", "net"))
                        .map(Path::toString)
                        .orElse(""),
                pod.settings().portMappings(),
                pod.settings().annotations(),
                dns,
                cgroup == null ? "" : cgroup.path());
    }

    private Optional<ProcessId> livingHolder(PodRecord pod) {
        return Optional.ofNullable(pod.held().holder())
                .or(() -> ports.shims().podProcess(paths.pod(pod.id())))
                .filter(_ -> pod.bootId().equals(ports.processes().bootId()))
                .filter(ports.processes()::isAlive);
    }
}
