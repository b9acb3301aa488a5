package carafe.network.bridge;

import carafe.linux.Errno;
import carafe.linux.Fd;
import carafe.linux.SyscallException;
import carafe.linux.netlink.LinkChange;
import carafe.linux.netlink.Netlink;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The veth pairs between pods and the bridge. Made from the pod's side: there its end can have an
 * index that nobody has to look up, and the pod's side of it all is one batch. Thread-safe for
 * different pods; owns a descriptor of the node's namespace.
 */
final class Cables implements AutoCloseable {
    /** Beyond the loopback and the tunnels that the kernel puts into every namespace by itself. */
    private static final int INDEX = 100;

    private static final String INSIDE = "eth0";
    private static final Path OWN_NAMESPACE = Path.of("/proc/self/ns/net");
    private static final int MAC_BYTES = 6;
    private static final int MAC_PREFIX_0 = 0xca;
    private static final int MAC_PREFIX_1 = 0xfe;

    private final Netlinks netlinks;
    private @Nullable Fd own;

    Cables(Netlinks netlinks) {
        this.netlinks = netlinks;
    }

    /** The pair, and all that the pod's end needs; the node's end is down. */
    void make(Netlink pod, Lease lease, int mtu) throws SyscallException {
        List<LinkChange> changes = new ArrayList<>();
        changes.add(
                LinkChange.newCable(
                        new LinkChange.Cable(
                                INSIDE, INDEX, mac(lease), mtu, lease.link(), node().number())));
        for (Lease.Address each : lease.addresses()) {
            changes.add(LinkChange.newAddress(INDEX, each.address(), each.prefix()));
        }
        for (Lease.Address each : lease.addresses()) {
            changes.add(LinkChange.defaultRoute(INDEX, each.range().gateway()));
        }
        pod.change(changes);
    }

    /** The node's end becomes a port of the bridge, and both ends are up. */
    void connect(Netlink node, Lease lease, BridgeDevice.Made bridge) throws SyscallException {
        node.change(
                List.of(
                        LinkChange.connect(lease.link(), bridge.index()),
                        LinkChange.hairpin(lease.link())));
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

    @Override
    public synchronized void close() {
        Fd now = own;
        own = null;
        if (now != null) {
            now.close();
        }
    }

    private synchronized Fd node() throws SyscallException {
        Fd now = own;
        if (now == null) {
            now = netlinks.namespace(OWN_NAMESPACE);
            own = now;
        }
        return now;
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
