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
 * addresses are free again only when its file is gone. Thread-safe for different pods.
 */
final class Leases {
    private final LeaseFiles files;
    private final Map<String, Lease> byPod = new HashMap<>();
    private List<AddressPool> pools = List.of();

    Leases(LeaseFiles files) {
        this.files = files;
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
     */
    Lease take(AttachRequest request, Set<IpRange> wanted) {
        List<HostPort> ports = request.portMappings().stream().map(HostPort::of).toList();
        Lease lease;
        synchronized (this) {
            Lease before = byPod.get(request.sandboxId());
            if (before != null) {
                return before;
            }
            checkFree(request.sandboxId(), ports);
            lease =
                    new Lease(
                            request.sandboxId(),
                            Lease.linkOf(request.sandboxId()),
                            take(wanted),
                            ports);
            byPod.put(lease.podId(), lease);
        }
        try {
            files.save(lease);
            return lease;
        } catch (CarafeException e) {
            // Half a file is none; and if it was the answer that failed, this takes it away.
            give(lease);
            throw e;
        }
    }

    /** Gives everything of a pod back; its file goes first. */
    void give(Lease lease) {
        files.delete(lease.podId());
        synchronized (this) {
            byPod.remove(lease.podId());
            for (Lease.Address each : lease.addresses()) {
                pools.forEach(pool -> pool.give(each.address()));
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

    private List<Lease.Address> take(Set<IpRange> wanted) {
        List<Lease.Address> taken = new ArrayList<>();
        try {
            for (AddressPool pool : pools) {
                if (wanted.contains(pool.range())) {
                    taken.add(new Lease.Address(pool.take(), pool.range().prefix()));
                }
            }
            return taken;
        } catch (CarafeException e) {
            taken.forEach(each -> pools.forEach(pool -> pool.give(each.address())));
            throw e;
        }
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
