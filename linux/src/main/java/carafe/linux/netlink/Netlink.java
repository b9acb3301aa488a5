package carafe.linux.netlink;

import carafe.linux.SyscallException;
import java.util.List;
import java.util.Optional;

/**
 * The links, addresses and routes of one network namespace, so that tests can fail a request. A
 * request may wait for the kernel's one lock of all networks: never on a virtual thread. Used by
 * one thread at a time.
 */
public interface Netlink extends AutoCloseable {
    /**
     * Has all changes carried out in one go, in their order.
     *
     * @throws SyscallException the first that failed, with its errno; the others were tried too
     */
    void change(List<LinkChange> changes) throws SyscallException;

    /** The link of that name. */
    Optional<Link> link(String name) throws SyscallException;

    /** All links. */
    List<Link> links() throws SyscallException;

    @Override
    void close();
}
