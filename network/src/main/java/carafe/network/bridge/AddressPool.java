package carafe.network.bridge;

import carafe.base.CarafeException;
import java.net.InetAddress;
import java.util.BitSet;

/**
 * Who has which address of a range. An address given back is the last to be given out again, so
 * that what still knows it meets nobody else for as long as possible. Not thread-safe.
 */
final class AddressPool {
    private static final int FIRST = 2;

    private final IpRange range;
    private final BitSet taken = new BitSet();
    private int next = FIRST;

    AddressPool(IpRange range) {
        this.range = range;
    }

    IpRange range() {
        return range;
    }

    /**
     * @throws CarafeException.Exhausted when all are taken
     */
    InetAddress take() {
        int free = taken.nextClearBit(next);
        if (free >= range.size()) {
            free = taken.nextClearBit(FIRST);
        }
        if (free >= range.size()) {
            throw new CarafeException.Exhausted(
                    "all %d addresses of the pod range %s are taken; set a larger one in network.bridge_%s"
                            .formatted(
                                    range.size() - FIRST, range, range.isIpv4() ? "ipv4" : "ipv6"));
        }
        taken.set(free);
        next = free + 1;
        return range.address(free);
    }

    /** Marks an address that is already in use; one of another range is nothing to this pool. */
    void mark(InetAddress address) {
        int index = range.indexOf(address);
        if (index >= FIRST) {
            taken.set(index);
        }
    }

    void give(InetAddress address) {
        int index = range.indexOf(address);
        if (index >= FIRST) {
            taken.clear(index);
        }
    }
}
