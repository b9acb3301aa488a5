package carafe.network.bridge;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.netlink.Link;
import carafe.linux.netlink.Netlink;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the leases say, made in the kernel: the bridge when the first pod needs it, the pods'
 * cables, and the table. Every method asks the kernel, so callers are on platform threads.
 * Thread-safe for different pods.
 */
final class BridgeWiring {
    private static final Logger LOG = LoggerFactory.getLogger(BridgeWiring.class);

    private final BridgePorts ports;
    private final String name;
    private final Leases leases;
    private final PortTable table;
    private final BridgeDevice device;
    private final Cables cables;
    private final PodSockets insides;
    private final ReentrantLock making = new ReentrantLock();
    private final ReentrantLock switching = new ReentrantLock();
    private volatile BridgeDevice.@Nullable Made made;

    BridgeWiring(
            BridgeSettings settings,
            BridgePorts ports,
            Leases leases,
            PortTable table,
            PodSockets insides) {
        this.ports = ports;
        this.name = settings.name();
        this.leases = leases;
        this.table = table;
        this.insides = insides;
        this.device = new BridgeDevice(settings, ports.settings());
        this.cables = new Cables(ports.netlinks());
    }

    /** The ranges that this node can use. */
    Set<IpRange> usable() {
        boolean six = device.hasIpv6();
        return leases.ranges().stream()
                .filter(range -> six || range.isIpv4())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The bridge gets its addresses anew when the next pod comes. */
    void forgetBridge() {
        made = null;
    }

    /** Connects the pod that has the lease. */
    void plug(Lease lease, Path namespace) throws SyscallException {
        int inside;
        try (Netlink node = ports.netlinks().node()) {
            BridgeDevice.Made bridge = ensure(node);
            try {
                inside = cables.plug(node, lease, bridge, namespace);
            } catch (SyscallException e) {
                if (device.find(node).filter(bridge::is).isPresent()) {
                    throw e;
                }
                // Somebody has removed the bridge; it is ours to make.
                made = null;
                inside = cables.plug(node, lease, ensure(node), namespace);
            }
        }
        ports.steps().reached("bridge.add.link");
        try (Netlink pod = insides.take(lease.podId())) {
            cables.configure(pod, lease, inside);
        }
        ports.steps().reached("bridge.add.addresses");
    }

    /** Takes the pod's cable away; none is success. */
    void unplug(Lease lease) throws SyscallException {
        try (Netlink node = ports.netlinks().node()) {
            cables.unplug(node, lease.link());
        }
        ports.steps().reached("bridge.del.link");
    }

    /** Whether the node's loopback reaches the bridge: while there are host ports. */
    void routeLocalnet() throws SyscallException {
        // Under one lock, or a pod's end could write what was right before another pod's beginning.
        switching.lock();
        try {
            boolean wanted = leases.all().stream().anyMatch(each -> !each.ports().isEmpty());
            try {
                device.routeLocalnet(wanted);
            } catch (SyscallException e) {
                if (wanted || !e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
        } finally {
            switching.unlock();
        }
    }

    /**
     * Brings bridge and table in line with the leases: both there, or with no lease neither.
     *
     * @param used whether there may be a table though there is no bridge
     */
    void tidy(boolean used) throws SyscallException {
        try (Netlink node = ports.netlinks().node()) {
            Optional<Link> bridge = device.find(node);
            if (bridge.isPresent()) {
                unplugStrangers(node, bridge.get());
            }
            if (!leases.all().isEmpty()) {
                made = null;
                ensure(node);
                routeLocalnet();
            } else if (bridge.isPresent() || used) {
                made = null;
                table.delete();
                cables.unplug(node, name);
            }
        }
    }

    private BridgeDevice.Made ensure(Netlink node) throws SyscallException {
        BridgeDevice.Made now = made;
        if (now != null) {
            return now;
        }
        making.lock();
        try {
            BridgeDevice.Made again = made;
            if (again != null) {
                return again;
            }
            BridgeDevice.Made fresh = device.ensure(node, List.copyOf(usable()));
            ports.steps().reached("bridge.add.bridge");
            table.write();
            ports.steps().reached("bridge.add.table");
            made = fresh;
            return fresh;
        } finally {
            making.unlock();
        }
    }

    /** Ports of the bridge that no lease names: of a lease whose file was lost. */
    private void unplugStrangers(Netlink node, Link bridge) throws SyscallException {
        Set<String> known =
                leases.all().stream()
                        .map(Lease::link)
                        .collect(Collectors.toCollection(HashSet::new));
        for (Link each : node.links()) {
            if (each.master() == bridge.index() && !known.contains(each.name())) {
                LOG.atWarn().addKeyValue("link", each.name()).log("A link without a pod goes");
                cables.unplug(node, each.name());
            }
        }
    }
}
