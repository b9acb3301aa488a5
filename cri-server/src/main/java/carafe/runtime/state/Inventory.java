package carafe.runtime.state;

import carafe.base.DurableFiles;
import carafe.base.KeyedLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What exists: pods, containers, their names and their locks. A lock is held for one change of one
 * object. Who needs two takes the pod's first.
 */
public final class Inventory {
    /** How long a change waits for another one of the same object. */
    public static final Duration LOCK_DEADLINE = Duration.ofMinutes(2);

    private final RecordStore<PodRecord> pods;
    private final RecordStore<ContainerRecord> containers;
    private final OncePerName podNames;
    private final OncePerName containerNames;
    private final KeyedLock<String> locks = new KeyedLock<>();

    /**
     * @param root for example {@code /var/lib/carafe}
     */
    public Inventory(Path root, DurableFiles files) {
        this.pods = RecordStore.pods(root, files);
        this.containers = RecordStore.containers(root, files);
        this.podNames = new OncePerName("pod sandbox", this::isUnusedPod);
        this.containerNames = new OncePerName("container", this::isUnusedContainer);
    }

    public RecordStore<PodRecord> pods() {
        return pods;
    }

    public RecordStore<ContainerRecord> containers() {
        return containers;
    }

    public OncePerName podNames() {
        return podNames;
    }

    public OncePerName containerNames() {
        return containerNames;
    }

    /** The lock of a pod's or container's id. */
    public KeyedLock.Held lock(String id) {
        return locks.lock(id, LOCK_DEADLINE);
    }

    /** Containers of a pod, a snapshot. */
    public List<ContainerRecord> containersOf(String podId) {
        return containers.all().stream().filter(each -> each.podId().equals(podId)).toList();
    }

    /** Locks held or waited for, for leak checks. */
    public int lockCount() {
        return locks.size();
    }

    private boolean isUnusedPod(String id) {
        return pods.find(id).filter(pod -> pod.phase() == PodPhase.READY).isPresent()
                && containersOf(id).isEmpty();
    }

    private boolean isUnusedContainer(String id) {
        return containers
                .find(id)
                .filter(each -> each.state() instanceof ContainerState.Created)
                .isPresent();
    }
}
