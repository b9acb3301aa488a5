package carafe.bench;

import java.io.IOException;
import java.io.PrintStream;

/**
 * ExecSync of {@code true} beside the peer as probes come: a second after the last call, when
 * nothing is in a cache any more. How much that costs depends on who else uses the machine's
 * caches, so the peer's figure of the same minute belongs to ours.
 */
final class ProbeBench {

    /** Until the JVM has compiled what runs hot, as on a node that has probed for some minutes. */
    private static final int OUR_WARM_UPS = 6000;

    private static final int THEIR_WARM_UPS = 100;
    private static final int PAIRS = 30;

    private final Peer ours;
    private final Peer theirs;
    private final PrintStream out;

    ProbeBench(Peer ours, Peer theirs, PrintStream out) {
        this.ours = ours;
        this.theirs = theirs;
        this.out = out;
    }

    void run() throws Exception {
        try (Prober mine = start(ours);
                Prober other = start(theirs)) {
            for (int i = 0; i < OUR_WARM_UPS; i++) {
                mine.probe();
            }
            for (int i = 0; i < THEIR_WARM_UPS; i++) {
                other.probe();
            }
            out.println(Pairs.head(ours, theirs));
            out.println(
                    new Pairs("ExecSync true after 1 s of rest, ms", mine::rested, other::rested)
                            .measure(PAIRS)
                            .row());
        }
        ours.node().kubelet().removeEverything();
        theirs.node().kubelet().removeEverything();
    }

    private static Prober start(Peer peer) throws IOException {
        return Prober.of(peer.node().socket(), peer.node().sleeper("probed"));
    }
}
