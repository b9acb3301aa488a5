package carafe.bench;

import java.io.IOException;
import java.io.PrintStream;

/**
 * Exec beside the peer, in one run: the round trip of a command without output, by ExecSync and as
 * a stream over SPDY, and what a stream carries in either direction.
 */
final class StreamBench {
    private static final int WARM_UPS = 300;
    private static final int CALLS = 100;
    private static final int STREAM_PAIRS = 9;

    private final Peer ours;
    private final Peer theirs;
    private final PrintStream out;

    StreamBench(Peer ours, Peer theirs, PrintStream out) {
        this.ours = ours;
        this.theirs = theirs;
        this.out = out;
    }

    void run() throws Exception {
        StreamTarget mine = StreamTarget.start(ours);
        StreamTarget other = StreamTarget.start(theirs);
        out.println(Pairs.head(ours, theirs));
        show(new Pairs("ExecSync true, ms", mine::execSync, other::execSync), WARM_UPS, CALLS);
        show(
                new Pairs("exec true over SPDY, ms", mine::roundTrip, other::roundTrip),
                WARM_UPS,
                CALLS);
        show(
                new Pairs("exec, from the container, MiB/s", mine::download, other::download),
                2,
                STREAM_PAIRS);
        uploads(mine, other);
        ours.node().kubelet().removeEverything();
        theirs.node().kubelet().removeEverything();
    }

    /**
     * Last, since containerd 1.6 ends a command before it has all of its input, and says "Success".
     */
    private void uploads(StreamTarget mine, StreamTarget other) throws Exception {
        try {
            show(
                    new Pairs("exec, into the container, MiB/s", mine::upload, other::upload),
                    2,
                    STREAM_PAIRS);
        } catch (IOException e) {
            Pairs alone =
                    new Pairs("exec, into the container, MiB/s", mine::upload, () -> Double.NaN);
            show(alone, 2, STREAM_PAIRS);
            out.printf(
                    "  %s could not take %d MiB: %s%n", theirs.name(), StreamTarget.STREAM_MIB, e);
        }
    }

    private void show(Pairs pairs, int warmUps, int count) throws Exception {
        out.println(pairs.warmUp(warmUps).measure(count).row());
    }
}
