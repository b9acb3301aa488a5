package carafe.network.bridge;

import carafe.linux.Errno;
import carafe.linux.Fd;
import carafe.linux.SyscallException;
import carafe.linux.netlink.Link;
import carafe.linux.netlink.LinkChange;
import carafe.linux.netlink.Netlink;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The veth pairs between pods and the bridge. Thread-safe for different pods. */
final class Cables {
    private static final String PEER = "eth0";
    private static final int MAC_BYTES = 6;
    private static final int MAC_PREFIX_0 = 0xca;
    private static final int MAC_PREFIX_1 = 0xfe;

    private final Netlinks netlinks;

    Cables(Netlinks netlinks) {
        this.netlinks = netlinks;
    }

    /**
     * The pair: one end a port of the bridge, the other one down in the pod.
     *
     * @return the index of the pod's end there
     */
    int plug(Netlink node, Lease lease, BridgeDevice.Made bridge, Path namespace)
            throws SyscallException {
        try (Fd inside = netlinks.namespace(namespace)) {
            node.change(
                    List.of(
                            LinkChange.newCable(
                                    new LinkChange.Cable(
                                            lease.link(),
                                            bridge.index(),
                                            bridge.mtu(),
                                            PEER,
                                            mac(lease),
                                            inside.number())),
                            LinkChange.hairpin(lease.link())));
        }
        return node.link(lease.link())
                .map(Link::peer)
                .filter(index -> index > 0)
                .orElseThrow(() ->
                        new SyscallException("netlink", "link " + lease.link(), Errno.ENODEV));
    }

    /** Raises the pod's end and gives it addresses and routes. */
    void configure(Netlink pod, Lease lease, int index) throws SyscallException {
        List<LinkChange> changes = new ArrayList<>();
        changes.add(LinkChange.raise(PEER));
        for (Lease.Address each : lease.addresses()) {
            changes.add(LinkChange.newAddress(index, each.address(), each.prefix()));
        }
        for (Lease.Address each : lease.addresses()) {
            changes.add(LinkChange.defaultRoute(index, each.range().gateway()));
        }
        pod.change(changes);
    }

    /** Both ends; none there is success. */
    void unplug(Netlink node, String link) throws SyscallException {
        try {
            node.change(List.of(LinkChange.delete(link)));
        } catch (SyscallException e) {
            if (!e.is(Errno.ENODEV)) {
                throw e;
            }
        }
    }

    /**
     * Made of the address, so that a neighbour who remembers the address remembers no other pod.
     */
    private static byte[] mac(Lease lease) {
        byte[] address = lease.addresses().getFirst().address().getAddress();
        byte[] mac = new byte[MAC_BYTES];
        mac[0] = (byte) MAC_PREFIX_0;
        mac[1] = (byte) MAC_PREFIX_1;
        System.arraycopy(address, address.length - 4, mac, 2, 4);
        return mac;
    }
}
