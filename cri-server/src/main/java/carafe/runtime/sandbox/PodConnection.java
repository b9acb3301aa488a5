package carafe.runtime.sandbox;

import carafe.base.CarafeException;
import carafe.base.Rollback;
import carafe.base.trace.Spans;
import carafe.runtime.api.DnsConfig;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.port.PodNetwork;
import carafe.runtime.port.Shims;
import carafe.runtime.state.PodRecord;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Connects new pods to their network, beside what else they need. Thread-safe. */
final class PodConnection {
    private final PodNetwork network;

    PodConnection(PodNetwork network) {
        this.network = network;
    }

    /** Gives the network what came with the holder; from here on it is detached when undone. */
    void prepare(PodRecord pod, Shims.StartedPod started, Rollback undo) {
        if (isOnNode(pod)) {
            return;
        }
        PodNetwork.Request request = PodHoldings.request(pod, Optional.of(started.holder()), null);
        undo.add("network of pod sandbox " + pod.id(), () -> network.detach(request));
        network.prepare(request, started.netlink());
    }

    /** Whether the pod's cgroup must be there before {@link #begin}. */
    boolean wantsCgroup() {
        return network.wantsCgroup();
    }

    /**
     * Begins to attach the pod, on a thread of its own.
     *
     * @param pod with its holder, and the cgroup that it has or will have
     */
    Underway begin(PodRecord pod, @Nullable DnsConfig dns) {
        if (isOnNode(pod)) {
            return new Underway(CompletableFuture.completedFuture(List.of()));
        }
        PodNetwork.Request request =
                PodHoldings.request(pod, Optional.ofNullable(pod.held().holder()), dns);
        FutureTask<List<String>> attaching =
                new FutureTask<>(() -> network.attach(request).addresses());
        Thread.ofVirtual().name("network of " + pod.id()).start(Spans.carried(attaching));
        return new Underway(attaching);
    }

    private static boolean isOnNode(PodRecord pod) {
        return pod.settings().namespaces().network() == Mode.NODE;
    }

    /**
     * A pod that is being attached. Closing it waits for the end, which is bounded by the network's
     * own deadlines: what is half attached cannot be undone.
     */
    static final class Underway implements AutoCloseable {
        private final Future<List<String>> attaching;

        private Underway(Future<List<String>> attaching) {
            this.attaching = attaching;
        }

        /**
         * The pod's addresses, once it has them.
         *
         * @throws CarafeException as {@link PodNetwork#attach}
         */
        List<String> await() {
            boolean interrupted = false;
            try {
                while (true) {
                    try {
                        return attaching.get();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case RuntimeException cause -> throw cause;
                    case Error cause -> throw cause;
                    case null, default ->
                            throw new CarafeException.Internal("attach a pod: " + e, e);
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public void close() {
            if (attaching.state() == Future.State.RUNNING) {
                try {
                    List<String> _ = await();
                } catch (RuntimeException e) {
                    // Another failure came first and is what is told; nothing is attached.
                }
            }
        }
    }
}
