package carafe.bench;

import carafe.proto.cri.PodSandboxConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Sleeping containers of one peer, ten in a pod, on the node's network; they go with the peer. Used
 * by one thread. Owns its connections.
 */
final class Population implements AutoCloseable {
    private static final int PER_POD = 10;

    private final Peer peer;
    private final CriCalls calls;
    private final List<String> containers = new ArrayList<>();
    private PodSandboxConfig pod = PodSandboxConfig.getDefaultInstance();
    private String podId = "";
    private int extra;

    Population(Peer peer) {
        this.peer = peer;
        this.calls = new CriCalls(peer.node().socket());
    }

    /** Starts containers until there are so many. */
    void growTo(int number) throws IOException {
        while (containers.size() < number) {
            if (containers.size() % PER_POD == 0) {
                pod = peer.node().hostPod("population-" + containers.size());
                podId = calls.runPod(pod);
            }
            containers.add(start("c" + containers.size()));
        }
    }

    Peer peer() {
        return peer;
    }

    CriCalls calls() {
        return calls;
    }

    /** Their ids, the oldest first. */
    List<String> containers() {
        return List.copyOf(containers);
    }

    /** Milliseconds to create and start one more, which is removed again. */
    double startOneMore() throws IOException {
        long begin = System.nanoTime();
        String id = start("extra-" + ++extra);
        double millis = (System.nanoTime() - begin) / 1e6;
        calls.remove(id);
        return millis;
    }

    private String start(String name) throws IOException {
        String id =
                calls.create(podId, pod, peer.node().container(name, "sleep", "1000000").build());
        calls.start(id);
        return id;
    }

    @Override
    public void close() throws IOException {
        calls.close();
    }
}
