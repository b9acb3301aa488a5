package carafe.runtime.api;

import java.time.Duration;
import java.util.List;

/**
 * The use cases of pods and containers. Ids may be given as unique prefixes. Thread-safe; every
 * method blocks until its work is done and throws {@link carafe.base.CarafeException} kinds:
 * NotFound for an unknown id, Invalid for a wrong request, Precondition for a wrong state, Exists
 * for a taken name, Unsupported for what this version refuses, Deadline, Unavailable, Internal.
 */
public interface ContainerRuntime {
    /**
     * Makes a pod ready.
     *
     * @return its id; the id of the finished one when the same request was made before and its
     *     caller had left
     */
    String runSandbox(SandboxSpec spec, Caller caller);

    /** Ends its containers and gives its network back. Idempotent; an unknown id is success. */
    void stopSandbox(String id);

    /** Stops and removes it with its containers. Idempotent; an unknown id is success. */
    void removeSandbox(String id);

    SandboxStatus sandboxStatus(String id);

    /** For verbose status. */
    SandboxDetails sandboxDetails(String id);

    /** In order of creation. */
    List<SandboxView> listSandboxes(SandboxFilter filter);

    /**
     * Prepares a container up to the point before its first instruction.
     *
     * @return its id; see {@link #runSandbox} for repeated requests
     */
    String createContainer(String sandboxId, ContainerSpec spec, Caller caller);

    /** Starts a created container. */
    void startContainer(String id);

    /**
     * Sends the stop signal and, when the grace period is over, SIGKILL. Idempotent; an unknown id
     * is success. A second call with a shorter grace period shortens the wait of the first.
     *
     * @param grace zero = SIGKILL at once
     */
    void stopContainer(String id, Duration grace);

    /** Removes it, killing it when it runs. Idempotent; an unknown id is success. */
    void removeContainer(String id);

    /**
     * Changes the limits of a container that is created or runs, all that are said or none.
     *
     * @param change 0 and empty leave a limit as it is; the OOM score is set at creation only
     */
    void updateContainer(String id, Resources change);

    /**
     * Tells what the pod's containers, and its overhead, now are together. A pod cgroup that Carafe
     * made is limited to it; one that the kubelet made is the kubelet's to limit.
     *
     * @param overhead 0 and empty leave a limit as it is
     * @param resources 0 and empty leave a limit as it is
     */
    void updateSandbox(String id, Resources overhead, Resources resources);

    /** With the limits that the kernel has now, while it lives. */
    ContainerStatus containerStatus(String id);

    /** For verbose status. */
    ContainerDetails containerDetails(String id);

    /** In order of creation. */
    List<ContainerView> listContainers(ContainerFilter filter);

    /**
     * Runs a command in a running container.
     *
     * @param timeout zero = none; past it the command's session is killed and Deadline is thrown
     */
    ExecSyncResult execSync(String id, List<String> command, Duration timeout);

    /** What pods and containers use. */
    UsageStats stats();

    /**
     * What a stream to a container needs.
     *
     * @return its full id
     * @throws carafe.base.CarafeException NotFound; Precondition when it does not run
     */
    String requireRunning(String id);

    /**
     * What a stream into a pod's network needs.
     *
     * @return its full id
     * @throws carafe.base.CarafeException NotFound; Precondition when it is not ready
     */
    String requireReadySandbox(String id);

    /** Makes the shim open the log file anew after a rotation. */
    void reopenLog(String id);

    /**
     * The range that pods should have their addresses of from now on.
     *
     * @param podCidr one range, or one per family separated by a comma; empty = no announcement
     * @throws carafe.base.CarafeException.Invalid when it is none
     */
    void announcePodRange(String podCidr);

    /** What happens to pods and containers from now on; the caller closes it. */
    Subscription subscribe();

    /** What requests may ask for; what this machine lacks is looked for again. */
    RuntimeFeatures features();

    /** RuntimeReady and NetworkReady, looked at afresh every few seconds. */
    List<RuntimeCondition> conditions();
}
