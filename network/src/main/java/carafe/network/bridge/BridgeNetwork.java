package carafe.network.bridge;

import carafe.base.BlockingCalls;
import carafe.base.CarafeException;
import carafe.linux.Errno;
import carafe.linux.SyscallException;
import carafe.linux.netlink.Link;
import carafe.linux.netlink.Netlink;
import carafe.network.cni.AttachRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network that pods get where no CNI configuration exists: a bridge with the node's addresses,
 * a cable to each pod, masquerading and host ports. Whatever a pod has is in its lease, on disk
 * before it is used, so that {@link #recover} finds all that a killed daemon began. Thread-safe for
 * different pods; callers hold the pod's lock.
 */
public final class BridgeNetwork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BridgeNetwork.class);
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** More at once only wait for the kernel's lock. */
    private static final int AT_ONCE = 16;

    private final BridgeSettings settings;
    private final BridgePorts ports;
    private final LeaseFiles files;
    private final Leases leases;
    private final BridgeDevice device;
    private final Cables cables;
    private final PortTable table;
    private final PodSockets insides;
    private final BlockingCalls blocking = new BlockingCalls();
    private final Semaphore slots = new Semaphore(AT_ONCE);
    private final ReentrantLock making = new ReentrantLock();
    private volatile BridgeDevice.@Nullable Made made;

    public BridgeNetwork(BridgeSettings settings, BridgePorts ports) {
        this.settings = settings;
        this.ports = ports;
        this.files = new LeaseFiles(settings.records(), ports.files());
        this.leases = new Leases(files);
        this.device = new BridgeDevice(settings, ports.settings());
        this.cables = new Cables(ports.netlinks());
        this.insides = new PodSockets(ports.netlinks());
        this.table = new PortTable(ports.filter(), settings.name(), leases);
    }

    /** Why pods cannot be attached; empty when they can. */
    public Optional<String> problem() {
        Optional<String> filter = ports.filter().problem();
        if (filter.isPresent()) {
            return filter;
        }
        return usable().isEmpty()
                ? Optional.of("network.bridge_ipv4 is empty and this node has no IPv6")
                : Optional.empty();
    }

    /**
     * Takes over what an earlier daemon left, before anything else.
     *
     * @param pods ids and addresses of the pods there are
     */
    public void recover(Map<String, List<String>> pods) {
        announce(files.announced());
        Map<String, Optional<Lease>> found = files.load();
        found.forEach((podId, lease) ->
                lease.or(() -> mended(podId, pods.getOrDefault(podId, List.of())))
                        .ifPresentOrElse(leases::restore, () -> files.delete(podId)));
        for (Lease each : leases.all()) {
            if (!pods.containsKey(each.podId())) {
                attempt("lease of " + each.podId(), () -> release(each));
            }
        }
        attempt("bridge " + settings.name(), () -> tidy(!found.isEmpty()));
    }

    /**
     * Pods that come from now on get addresses of this range, or of these two. Until the first
     * announcement, and for a family that it does not name, the settings count.
     *
     * @param range comma between two; empty changes nothing
     * @throws CarafeException.Invalid when it is none
     */
    public void announce(String range) {
        Optional<IpRange> four = Optional.empty();
        Optional<IpRange> six = Optional.empty();
        for (String each : range.isEmpty() ? List.<String>of() : List.of(range.split(",", -1))) {
            try {
                IpRange parsed = IpRange.parse(each.strip());
                four = parsed.isIpv4() ? Optional.of(parsed) : four;
                six = parsed.isIpv4() ? six : Optional.of(parsed);
            } catch (IllegalArgumentException e) {
                throw new CarafeException.Invalid("pod range: " + e.getMessage(), e);
            }
        }
        List<IpRange> ranges = settings.ranges(four, six);
        if (range.isEmpty() && !leases.ranges().isEmpty()) {
            return;
        }
        boolean asConfigured = ranges.equals(settings.ranges(Optional.empty(), Optional.empty()));
        files.announce(asConfigured ? "" : range);
        if (ranges.equals(leases.ranges())) {
            return;
        }
        leases.use(ranges);
        made = null;
    }

    /** Opens the socket in the pod's namespace that {@link #attach} needs, in the background. */
    public void prepare(String podId) {
        insides.prepare(podId);
    }

    /**
     * Gives the pod its link, addresses, routes and host ports; what was begun is undone when
     * something fails.
     *
     * @return the addresses without prefix length, primary one first
     * @throws CarafeException.Exhausted when no address is left
     * @throws CarafeException.Exists when a host port belongs to another pod
     * @throws CarafeException.Unavailable when the kernel or nft refuses
     */
    public List<String> attach(AttachRequest request) {
        problem()
                .ifPresent(why -> {
                    throw new CarafeException.Precondition(why);
                });
        Lease lease = leases.take(request, usable());
        try {
            ports.steps().reached("bridge.add.lease");
            String doing = "give pod sandbox %s its network".formatted(request.sandboxId());
            inKernel(doing, () -> plug(lease, Path.of(request.netns())));
            if (!lease.ports().isEmpty()) {
                table.open(lease);
                inKernel(doing, () -> setRouteLocalnet(true));
                ports.steps().reached("bridge.add.ports");
            }
            return lease.texts();
        } catch (CarafeException e) {
            try {
                release(lease);
            } catch (CarafeException undo) {
                e.addSuppressed(undo);
            }
            throw e;
        }
    }

    /**
     * Takes everything back that the pod has; nothing is success. May be repeated.
     *
     * @throws CarafeException.Unavailable when something stays; a retry goes on
     */
    public void detach(String podId) {
        insides.forget(podId);
        leases.find(podId).ifPresent(this::release);
    }

    /** Ids of the pods that have anything of this network. */
    public Set<String> attached() {
        return leases.all().stream().map(Lease::podId).collect(Collectors.toSet());
    }

    /** Whether the pod has anything of this network. */
    public boolean isAttached(String podId) {
        return leases.find(podId).isPresent();
    }

    /** Without pods the bridge and the table go too. */
    @Override
    public void close() {
        if (leases.all().isEmpty()) {
            attempt("bridge " + settings.name(), () -> tidy(false));
        }
    }

    private void release(Lease lease) {
        String doing = "take the network of pod sandbox %s".formatted(lease.podId());
        inKernel(
                doing,
                () -> {
                    try (Netlink node = ports.netlinks().node()) {
                        cables.unplug(node, lease.link());
                    }
                    ports.steps().reached("bridge.del.link");
                    return "";
                });
        if (!lease.ports().isEmpty()) {
            table.close(lease);
            ports.steps().reached("bridge.del.ports");
        }
        leases.give(lease);
        ports.steps().reached("bridge.del.lease");
        if (!lease.ports().isEmpty() && !hasHostPorts()) {
            inKernel(doing, () -> setRouteLocalnet(false));
        }
    }

    private String plug(Lease lease, Path namespace) throws SyscallException {
        try (Netlink node = ports.netlinks().node()) {
            BridgeDevice.Made bridge = ensure(node);
            try {
                cables.plug(node, lease, bridge, namespace);
            } catch (SyscallException e) {
                if (device.find(node).filter(bridge::is).isPresent()) {
                    throw e;
                }
                // Somebody has removed the bridge; it is ours to make.
                made = null;
                cables.plug(node, lease, ensure(node), namespace);
            }
        }
        ports.steps().reached("bridge.add.link");
        try (Netlink pod = insides.take(lease.podId())) {
            cables.configure(pod, lease);
        }
        ports.steps().reached("bridge.add.addresses");
        return "";
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

    /** The ranges that this node can use. */
    private Set<IpRange> usable() {
        boolean six = device.hasIpv6();
        return leases.ranges().stream()
                .filter(range -> six || range.isIpv4())
                .collect(Collectors.toCollection(java.util.LinkedHashSet::new));
    }

    /**
     * Brings bridge and table in line with the leases: both there, or with no lease neither.
     *
     * @param used whether there may be a table though there is no bridge
     */
    private void tidy(boolean used) {
        inKernel(
                "tidy the bridge " + settings.name(),
                () -> {
                    try (Netlink node = ports.netlinks().node()) {
                        Optional<Link> bridge = device.find(node);
                        if (bridge.isPresent()) {
                            unplugStrangers(node, bridge.get());
                        }
                        if (!leases.all().isEmpty()) {
                            made = null;
                            ensure(node);
                            setRouteLocalnet(hasHostPorts());
                        } else if (bridge.isPresent() || used) {
                            made = null;
                            table.delete();
                            cables.unplug(node, settings.name());
                        }
                        return "";
                    }
                });
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

    private boolean hasHostPorts() {
        return leases.all().stream().anyMatch(each -> !each.ports().isEmpty());
    }

    private String setRouteLocalnet(boolean wanted) throws SyscallException {
        try {
            device.routeLocalnet(wanted);
        } catch (SyscallException e) {
            if (wanted || !e.is(Errno.ENOENT)) {
                throw e;
            }
        }
        return "";
    }

    /** A lease for a pod that lives and whose own is damaged; its host ports are lost. */
    private Optional<Lease> mended(String podId, List<String> addresses) {
        List<Lease.Address> known =
                addresses.stream()
                        .map(java.net.InetAddress::ofLiteral)
                        .flatMap(address ->
                                leases.ranges().stream()
                                        .filter(range -> range.contains(address))
                                        .map(range -> new Lease.Address(address, range.prefix())))
                        .toList();
        if (known.isEmpty()) {
            return Optional.empty();
        }
        Lease lease = new Lease(podId, Lease.linkOf(podId), known, List.of());
        files.save(lease);
        return Optional.of(lease);
    }

    private void inKernel(String doing, Callable<String> work) {
        slots.acquireUninterruptibly();
        try {
            blocking.call(doing, work, DEADLINE);
        } catch (SyscallException e) {
            throw new CarafeException.Unavailable(doing + ": " + e.getMessage(), e);
        } catch (CarafeException e) {
            throw e;
        } catch (Exception e) {
            throw new CarafeException.Internal(doing + ": " + e, e);
        } finally {
            slots.release();
        }
    }

    private static void attempt(String what, Runnable work) {
        try {
            work.run();
        } catch (CarafeException e) {
            LOG.atWarn()
                    .addKeyValue("of", what)
                    .setCause(e)
                    .log("Something of the built-in network stays until the next start");
        }
    }
}
