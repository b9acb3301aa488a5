package carafe.network.bridge;

import carafe.base.CarafeException;
import java.util.Collection;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nftables table: masquerading for all pods, host ports for some. Whatever is wrong with it is
 * mended by writing it anew from the leases. Thread-safe.
 */
final class PortTable {
    private static final Logger LOG = LoggerFactory.getLogger(PortTable.class);

    private final PacketFilter filter;
    private final NftScript script;
    private final Leases leases;
    private final ReentrantLock lock = new ReentrantLock();

    PortTable(PacketFilter filter, String name, Leases leases) {
        this.filter = filter;
        this.script = new NftScript(name);
        this.leases = leases;
    }

    /** All of it, for the pods there are. */
    void write() {
        lock.lock();
        try {
            filter.run(script.whole(leases.rangesInUse(), leases.all()));
        } finally {
            lock.unlock();
        }
    }

    /** The pod's host ports, which the leases name already. */
    void open(Lease lease) {
        change(script.add(lease), leases.all());
    }

    /** The same ports no more, though the leases still name them. */
    void close(Lease lease) {
        change(
                script.remove(lease),
                leases.all().stream().filter(each -> !each.podId().equals(lease.podId())).toList());
    }

    void delete() {
        lock.lock();
        try {
            filter.run(script.nothing());
        } finally {
            lock.unlock();
        }
    }

    private void change(String change, Collection<Lease> wanted) {
        if (change.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            try {
                filter.run(change);
            } catch (CarafeException.Unavailable e) {
                // Somebody has flushed it, or a daemon died between this and its record.
                LOG.atInfo().setCause(e).log("The nftables table is written anew");
                filter.run(script.whole(leases.rangesInUse(), wanted));
            }
        } finally {
            lock.unlock();
        }
    }
}
