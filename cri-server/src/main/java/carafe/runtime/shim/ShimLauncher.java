package carafe.runtime.shim;

import carafe.base.CarafeException;
import carafe.linux.Fd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes shims out of bundles and finds them again. Everything a handle needs is in the bundle
 * directory, so handles may be dropped and found at will. Thread-safe.
 */
public interface ShimLauncher {
    /**
     * A pod that was just started.
     *
     * @param netlink a NETLINK_ROUTE socket in its network, the caller's own; empty when it has no
     *     network of its own, or the socket could not be handed over: {@link PodHandle#netlink}
     *     opens one at any time, by a process
     */
    record NewPod(PodHandle pod, Optional<Fd> netlink) {}

    /**
     * Starts the process that holds a pod's namespaces. The bundle has its {@code shim.json}.
     *
     * @param deadline after which nothing of the attempt is left and Deadline is thrown
     * @throws carafe.base.CarafeException Invalid, Exhausted or Internal as the shim's failed step
     *     says; Deadline; Internal when the shim died without a word
     */
    NewPod startPod(Path bundle, Duration deadline);

    /**
     * Creates a container up to the point where its init waits for start. The bundle has its {@code
     * config.json}, {@code shim.json} and {@code rootfs}; the cgroups that shim.json names exist.
     *
     * @param deadline after which nothing of the attempt is left and Deadline is thrown
     * @throws carafe.base.CarafeException as {@link #startPod}
     */
    ContainerHandle createContainer(Path bundle, Duration deadline);

    /**
     * The pod that was started from this bundle, maybe by an earlier daemon, maybe dead by now.
     * Empty when the bundle does not say who it is: never started, or damaged.
     */
    Optional<PodHandle> findPod(Path bundle);

    /**
     * The container that was created from this bundle, maybe by an earlier daemon, maybe dead by
     * now. Empty when the bundle does not say who it is: never created, or damaged.
     */
    Optional<ContainerHandle> findContainer(Path bundle);

    /**
     * Starts the program without a role, which it answers by ending at once.
     *
     * @throws CarafeException.Unavailable when it cannot be started or does not end as it should
     */
    void check();

    /**
     * Lets the program try what a container in a user namespace needs.
     *
     * @param directory with the empty directories {@code low}, {@code lower}, {@code upper} and
     *     {@code work}, on the file system of the images
     * @return empty, or what does not work
     * @throws CarafeException.Unavailable when it cannot be started or takes too long
     */
    Optional<String> userNamespaceProblem(Path directory, Duration deadline);
}
