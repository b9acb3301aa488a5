package carafe.runtime.port;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Starts shims and finds those of earlier daemons. */
public interface Shims {
    /**
     * A pod that was just started.
     *
     * @param netlink descriptor of a netlink socket in its network, the caller's own; empty when
     *     there is none, which is no failure
     */
    record StartedPod(ProcessId holder, OptionalInt netlink) {}

    /**
     * Starts a pod's holder in its bundle directory and waits until the namespaces are there.
     * Nothing is left behind when it throws.
     *
     * @return the process that holds the namespaces, and with it a way into its network
     */
    StartedPod startPod(Path bundle, Duration deadline) throws ShimException;

    /**
     * Starts a container's shim in its bundle directory and waits until init stands before execve.
     * Nothing is left behind when it throws, but the bundle's files.
     *
     * @return init
     */
    ProcessId createContainer(Path bundle, Duration deadline) throws ShimException;

    /** The conversation with the shim of a bundle; does not look whether there is one. */
    ContainerShim container(Path bundle);

    /**
     * Connects to a TCP port on the loopback addresses of a pod's network, IPv4 first.
     *
     * @return the connected socket's descriptor, non-blocking, the caller's own
     */
    int connectInPod(Path podBundle, int port, Duration deadline) throws ShimException;

    /** The holder that a pod's bundle names, alive or not; empty when it names none. */
    Optional<ProcessId> podProcess(Path bundle);

    /**
     * Whether shims can be started: the binary is there and answers.
     *
     * @return empty, or what is wrong and what to do
     */
    Optional<String> problem();

    /**
     * Whether containers can have user namespaces, found out by trying.
     *
     * @param directory on the file system of the images, with the empty directories {@code low},
     *     {@code lower}, {@code upper} and {@code work}
     * @return empty, or what does not work
     */
    Optional<String> userNamespaceProblem(Path directory, Duration deadline) throws ShimException;
}
