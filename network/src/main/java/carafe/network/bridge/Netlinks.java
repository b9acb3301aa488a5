package carafe.network.bridge;

import carafe.linux.Fd;
import carafe.linux.SyscallException;
import carafe.linux.netlink.Netlink;
import java.nio.file.Path;

/** Ways into the network namespaces of the node and of pods; nobody of ours enters a pod's. */
public interface Netlinks {
    /** The node's. */
    Netlink node() throws SyscallException;

    /**
     * A pod's.
     *
     * @throws carafe.base.CarafeException when the pod's namespace is gone
     */
    Netlink pod(String podId) throws SyscallException;

    /** A handle by which a link can be put into a namespace. */
    Fd namespace(Path path) throws SyscallException;
}
