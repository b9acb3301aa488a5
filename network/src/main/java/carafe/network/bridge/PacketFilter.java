package carafe.network.bridge;

import java.util.Optional;

/** Where nftables scripts are carried out. Thread-safe. */
public interface PacketFilter {
    /** Why no script can be carried out; empty when they can. */
    Optional<String> problem();

    /**
     * Carries out a script as one transaction.
     *
     * @throws carafe.base.CarafeException.Unavailable with what nft said; then nothing has changed
     */
    void run(String script);
}
