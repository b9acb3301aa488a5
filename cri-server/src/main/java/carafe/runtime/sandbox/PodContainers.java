package carafe.runtime.sandbox;

/** What stopping a pod asks of its containers. */
public interface PodContainers {
    /** Ends all containers of a pod at once; those that have ended are success. */
    void stopAll(String podId);

    /** Removes all containers of a pod. */
    void removeAll(String podId);
}
