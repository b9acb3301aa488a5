package carafe.bench;

import carafe.proto.cri.ExecSyncRequest;
import carafe.proto.cri.ExecSyncResponse;
import carafe.proto.cri.NamespaceMode;
import carafe.proto.cri.NamespaceOption;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.RuntimeServiceGrpc;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;

/**
 * ExecSync of {@code true} beside the peer as probes come: a second after the last call, when
 * nothing is in a cache any more. How much that costs depends on who else uses the machine's
 * caches, so the peer's figure of the same minute belongs to ours.
 */
final class ProbeBench {
    private static final String METHOD = RuntimeServiceGrpc.getExecSyncMethod().getFullMethodName();
    private static final Duration REST = Duration.ofSeconds(1);

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
        try (Target mine = Target.start(ours);
                Target other = Target.start(theirs)) {
            for (int i = 0; i < OUR_WARM_UPS; i++) {
                mine.exec();
            }
            for (int i = 0; i < THEIR_WARM_UPS; i++) {
                other.exec();
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

    /** A container that is probed. */
    private record Target(GrpcCall call, ExecSyncRequest request) implements AutoCloseable {
        static Target start(Peer peer) throws IOException {
            PodSandboxConfig.Builder pod = peer.node().pod("probes").toBuilder();
            pod.getLinuxBuilder()
                    .getSecurityContextBuilder()
                    .setNamespaceOptions(
                            NamespaceOption.newBuilder().setNetwork(NamespaceMode.NODE));
            String podId = peer.node().kubelet().runPod(pod.build());
            String id =
                    peer.node()
                            .kubelet()
                            .run(
                                    podId,
                                    pod.build(),
                                    peer.node().container("probed", "sleep", "1000000").build());
            return new Target(
                    new GrpcCall(peer.node().socket(), METHOD),
                    ExecSyncRequest.newBuilder()
                            .setContainerId(id)
                            .addCmd("true")
                            .setTimeout(10)
                            .build());
        }

        double rested() throws Exception {
            Thread.sleep(REST);
            return exec();
        }

        double exec() throws IOException {
            long begin = System.nanoTime();
            byte[] answer = call.call(request.toByteArray());
            double millis = (System.nanoTime() - begin) / 1e6;
            if (ExecSyncResponse.parseFrom(answer).getExitCode() != 0) {
                throw new IllegalStateException("true has failed");
            }
            return millis;
        }

        @Override
        public void close() throws IOException {
            call.close();
        }
    }
}
