package carafe.network.bridge;

import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.netlink.Link;
import carafe.linux.netlink.Netlink;
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
final class BridgeWiring implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BridgeWiring.class);

    private final BridgePorts ports;
    private final String name;
    private final Leases leases;
    private final PortTable table;
    private final BridgeDevice device;
    private final Cables cables;
    private final PodSockets insides;
    private final NodeSockets sockets;
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
        this.sockets = new NodeSockets(ports.netlinks());
    }

    /**
     * The ranges that this node can use now; a bridge that was made for others is looked at anew.
     */
    Set<IpRange> usable() {
        boolean six = device.hasIpv6();
        Set<IpRange> now = new LinkedHashSet<>();
        for (IpRange each : leases.ranges()) {
            if (six || each.isIpv4()) {
                now.add(each);
            }
        }
        BridgeDevice.Made known = made;
        if (known != null && !known.ranges().equals(now)) {
            forgetBridge();
        }
        return now;
    }

    /** Those for which the bridge was made; empty when it may not be there. */
    Optional<Set<IpRange>> usableAsMade() {
        return Optional.ofNullable(made).map(BridgeDevice.Made::ranges);
    }

    /** Pods have addresses of these ranges from now on; the next one brings the bridge its own. */
    void use(List<IpRange> ranges) {
        making.lock();
        try {
            leases.use(ranges);
            made = null;
        } finally {
            making.unlock();
        }
    }

    /** Connects the pod that has the lease. */
    void plug(Lease lease) throws SyscallException {
        try {
            sockets.use(node -> plug(node, lease));
        } catch (SyscallException e) {
            // Whatever it is: the next one looks whether bridge and ranges are as they were.
            forgetBridge();
            throw e;
        }
    }

    private void plug(Netlink node, Lease lease) throws SyscallException {
        BridgeDevice.Made bridge = ensure(node);
        try (Netlink pod = insides.take(lease.podId())) {
            cables.make(pod, lease, bridge.mtu());
        }
        ports.steps().reached("bridge.add.addresses");
        try {
            cables.connect(node, lease, bridge);
        } catch (SyscallException e) {
            if (device.find(node).filter(bridge::is).isPresent()) {
                throw e;
            }
            // Somebody has removed the bridge; it is ours to make.
            forgetBridge();
            cables.connect(node, lease, ensure(node));
        }
        ports.steps().reached("bridge.add.link");
    }

    private void forgetBridge() {
        made = null;
    }

    /** Takes the pod's cable away; none is success. */
    void unplug(Lease lease) throws SyscallException {
        sockets.use(node -> cables.unplug(node, lease.link()));
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
        sockets.use(node -> tidy(node, used));
    }

    private void tidy(Netlink node, boolean used) throws SyscallException {
        Optional<Link> bridge = device.find(node);
        if (bridge.isPresent()) {
            unplugStrangers(node, bridge.get());
        }
        if (!leases.all().isEmpty()) {
            forgetBridge();
            ensure(node);
            routeLocalnet();
        } else if (bridge.isPresent() || used) {
            forgetBridge();
            table.delete();
            cables.unplug(node, name);
        }
    }

    /** What is kept open goes. */
    @Override
    public void close() {
        sockets.close();
        cables.close();
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
            BridgeDevice.Made fresh = device.ensure(node, usable());
            ports.steps().reached("bridge.add.bridge");
            table.write();
            ports.steps().reached("bridge.add.table");
            made = fresh;
            return fresh;
        } finally {
            making.unlock();
        }
    }

    /** Names of the bridge's ports. */
    Set<String> plugged() throws SyscallException {
        Set<String> names = new HashSet<>();
        sockets.use(node -> {
            Optional<Link> bridge = device.find(node);
            if (bridge.isPresent()) {
                portsOf(node, bridge.get()).forEach(each -> names.add(each.name()));
            }
        });
        return names;
    }

    private static List<Link> portsOf(Netlink node, Link bridge) throws SyscallException {
        return node.links().stream().filter(each -> each.master() == bridge.index()).toList();
    }

    /** Ports of the bridge that no lease names: of a lease whose file was lost. */
    private void unplugStrangers(Netlink node, Link bridge) throws SyscallException {
        Set<String> known =
                leases.all().stream()
                        .map(Lease::link)
                        .collect(Collectors.toCollection(HashSet::new));
        for (Link each : portsOf(node, bridge)) {
            if (!known.contains(each.name())) {
                LOG.atWarn().addKeyValue("link", each.name()).log("A link without a pod goes");
                cables.unplug(node, each.name());
            }
        }
    }
}
