package carafe.network.bridge;

import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import carafe.linux.netlink.Netlink;
import carafe.network.cni.AttachRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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
    private final BridgeSettings settings;
    private final BridgePorts ports;
    private final LeaseFiles files;
    private final LeaseJournal journal;
    private final Leases leases;
    private final PortTable table;
    private final PodSockets insides;
    private final BridgeWiring wiring;
    private final KernelTurns kernel = new KernelTurns();

    public BridgeNetwork(BridgeSettings settings, BridgePorts ports) {
        this.settings = settings;
        this.ports = ports;
        this.files = new LeaseFiles(settings.records(), ports.files());
        this.journal = new LeaseJournal(settings.records(), ports.files(), ports.journal());
        this.leases = new Leases(journal);
        this.insides = new PodSockets(ports.netlinks());
        this.table = new PortTable(ports.filter(), settings.name(), leases);
        this.wiring = new BridgeWiring(settings, ports, leases, table, insides);
    }

    /** Why pods cannot be attached; empty when they can. */
    public Optional<String> problem() {
        return problem(wiring.usable());
    }

    private Optional<String> problem(Set<IpRange> usable) {
        Optional<String> filter = ports.filter().problem();
        if (filter.isPresent()) {
            return filter;
        }
        return usable.isEmpty()
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
        boolean used = recoverLeases(pods);
        for (Lease each : leases.all()) {
            if (!pods.containsKey(each.podId())) {
                attempt("lease of " + each.podId(), () -> release(each));
            }
        }
        attempt("bridge " + settings.name(), () -> tidy(used));
    }

    /** Whether there were any. */
    private boolean recoverLeases(Map<String, List<String>> pods) {
        LeaseJournal.Found found = journal.load();
        found.leases().forEach(leases::restore);
        Map<String, Optional<Lease>> earlier = files.load();
        earlier.forEach((podId, lease) -> {
            if (!isAttached(podId)) {
                lease.or(() -> fromRecord(podId, pods.getOrDefault(podId, List.of())))
                        .ifPresent(this::takeOver);
            }
            files.delete(podId);
        });
        if (found.damaged()) {
            attempt("damaged leases", () -> mend(pods));
        }
        return found.damaged() || !found.leases().isEmpty() || !earlier.isEmpty();
    }

    /**
     * Whose a damaged lease was cannot be told: a pod's whose cable is there and that has none. A
     * pod that was stopped has no cable, and its addresses may be another's by now.
     */
    private void mend(Map<String, List<String>> pods) {
        Set<String> plugged = kernel.call("look for links of pods", wiring::plugged);
        pods.forEach((podId, addresses) -> {
            if (!isAttached(podId) && plugged.contains(Lease.linkOf(podId))) {
                fromRecord(podId, addresses).ifPresent(this::takeOver);
            }
        });
    }

    private void takeOver(Lease lease) {
        journal.take(lease);
        leases.restore(lease);
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
        wiring.use(ranges);
    }

    /**
     * Keeps for {@link #attach} a socket that came with the pod; without it one is opened then.
     *
     * @param socket in the pod's namespace, this object's own from here on
     */
    public void prepare(String podId, Netlink socket) {
        insides.keep(podId, socket);
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
        Set<IpRange> usable = wiring.usableAsMade().orElseGet(this::checked);
        String podId = request.sandboxId();
        String doing = "give pod sandbox " + podId + " its network";
        try {
            Lease lease = kernel.call(doing, () -> plugged(request, usable));
            if (!lease.ports().isEmpty()) {
                table.open(lease);
                kernel.run(doing, wiring::routeLocalnet);
                ports.steps().reached("bridge.add.ports");
            }
            return lease.texts();
        } catch (CarafeException e) {
            try {
                leases.find(podId).ifPresent(this::release);
            } catch (CarafeException undo) {
                e.addSuppressed(undo);
            }
            throw e;
        }
    }

    /** All for which another thread is needed, so that there is one way to it and back. */
    private Lease plugged(AttachRequest request, Set<IpRange> usable) throws SyscallException {
        Lease lease = leases.take(request, usable);
        ports.steps().reached("bridge.add.lease");
        wiring.plug(lease);
        return lease;
    }

    /** Whether pods can be attached, as {@link #problem} tells, but asked before every pod. */
    public boolean isUsable() {
        return wiring.usableAsMade().isPresent() || problem().isEmpty();
    }

    private Set<IpRange> checked() {
        Set<IpRange> usable = wiring.usable();
        problem(usable)
                .ifPresent(why -> {
                    throw new CarafeException.Precondition(why);
                });
        return usable;
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
        wiring.close();
        journal.close();
    }

    private void release(Lease lease) {
        String doing = "take the network of pod sandbox %s".formatted(lease.podId());
        kernel.run(doing, () -> wiring.unplug(lease));
        if (!lease.ports().isEmpty()) {
            table.close(lease);
            ports.steps().reached("bridge.del.ports");
        }
        leases.give(lease);
        ports.steps().reached("bridge.del.lease");
        if (!lease.ports().isEmpty()) {
            kernel.run(doing, wiring::routeLocalnet);
        }
    }

    private void tidy(boolean used) {
        kernel.run("tidy the bridge " + settings.name(), () -> wiring.tidy(used));
    }

    /** A lease for a pod that lives and whose own is damaged; its host ports are lost. */
    private Optional<Lease> fromRecord(String podId, List<String> addresses) {
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
        return Optional.of(new Lease(podId, Lease.linkOf(podId), known, List.of()));
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
