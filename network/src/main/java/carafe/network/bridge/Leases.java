package carafe.network.bridge;

import carafe.base.CarafeException;
import carafe.network.cni.AttachRequest;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who has what of the built-in network. A lease is on disk before {@link #take} returns, and its
 * addresses are free again only when it is not on disk any more. Thread-safe for different pods.
 */
final class Leases {
    private final LeaseJournal journal;
    private final Map<String, Lease> byPod = new HashMap<>();
    private List<AddressPool> pools = List.of();

    Leases(LeaseJournal journal) {
        this.journal = journal;
    }

    /** Pods get addresses of these ranges from now on; those that have others keep them. */
    synchronized void use(List<IpRange> ranges) {
        pools = ranges.stream().map(AddressPool::new).toList();
        byPod.values().forEach(this::mark);
    }

    /** Takes a lease as it is, of an earlier daemon. */
    synchronized void restore(Lease lease) {
        byPod.put(lease.podId(), lease);
        mark(lease);
    }

    /**
     * A lease for the pod; the one it has, if it has one.
     *
     * @throws CarafeException.Exhausted when a range has no address left
     * @throws CarafeException.Exists when another pod has a host port
     * @throws CarafeException.Unavailable when other ranges than the wanted ones were announced
     */
    Lease take(AttachRequest request, Set<IpRange> wanted) {
        String podId = request.sandboxId();
        List<HostPort> ports = new ArrayList<>(request.portMappings().size());
        for (AttachRequest.PortMapping each : request.portMappings()) {
            ports.add(HostPort.of(each));
        }
        Lease lease;
        synchronized (this) {
            Lease before = byPod.get(podId);
            if (before != null) {
                return before;
            }
            if (!ports.isEmpty()) {
                checkFree(podId, ports);
            }
            lease = new Lease(podId, Lease.linkOf(podId), take(podId, wanted), ports);
            byPod.put(podId, lease);
        }
        try {
            journal.take(lease);
            return lease;
        } catch (CarafeException e) {
            forget(lease);
            throw e;
        }
    }

    /** Gives everything of a pod back; what is written goes first. */
    void give(Lease lease) {
        journal.give(lease.podId());
        forget(lease);
    }

    private synchronized void forget(Lease lease) {
        byPod.remove(lease.podId());
        giveBack(lease.addresses());
    }

    private void giveBack(List<Lease.Address> addresses) {
        for (Lease.Address each : addresses) {
            for (AddressPool pool : pools) {
                pool.give(each.address());
            }
        }
    }

    synchronized Optional<Lease> find(String podId) {
        return Optional.ofNullable(byPod.get(podId));
    }

    synchronized Collection<Lease> all() {
        return List.copyOf(byPod.values());
    }

    synchronized List<IpRange> ranges() {
        return pools.stream().map(AddressPool::range).toList();
    }

    /** Also those that only older pods have. */
    synchronized Set<IpRange> rangesInUse() {
        Set<IpRange> all = new LinkedHashSet<>(ranges());
        for (Lease lease : byPod.values()) {
            lease.addresses().forEach(each -> all.add(each.range()));
        }
        return all;
    }

    private List<Lease.Address> take(String podId, Set<IpRange> wanted) {
        List<Lease.Address> taken = new ArrayList<>(2);
        try {
            for (AddressPool pool : pools) {
                if (wanted.contains(pool.range())) {
                    taken.add(new Lease.Address(pool.take(), pool.range().prefix()));
                }
            }
        } catch (CarafeException e) {
            giveBack(taken);
            throw e;
        }
        if (taken.isEmpty()) {
            throw new CarafeException.Unavailable(
                    "the pods' ranges have changed while pod sandbox %s got its network; try again"
                            .formatted(podId));
        }
        return taken;
    }

    private void checkFree(String podId, List<HostPort> ports) {
        for (Lease other : byPod.values()) {
            for (HostPort taken : other.ports()) {
                for (HostPort port : ports) {
                    if (port.collidesWith(taken)) {
                        throw new CarafeException.Exists(
                                "host port %s of pod sandbox %s belongs to pod sandbox %s"
                                        .formatted(port, podId, other.podId()));
                    }
                }
            }
        }
    }

    private void mark(Lease lease) {
        for (Lease.Address each : lease.addresses()) {
            InetAddress address = each.address();
            pools.forEach(pool -> pool.mark(address));
        }
    }
}
