package carafe.network.cni;

import carafe.base.CarafeException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Has plugins take away what belongs to no pod. GC never runs beside ADD or DEL: it is told which
 * attachments are valid, and one that begins meanwhile would not be among them. Thread-safe.
 */
final class Garbage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Garbage.class);
    private static final Duration PERIOD = Duration.ofHours(1);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final String VALID = "cni.dev/valid-attachments";

    private final PluginCall call;
    private final Attachments attachments;
    private final Supplier<List<NetworkList>> networks;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final JsonMapper json = JsonMapper.builder().build();
    private final ScheduledExecutorService worker =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofVirtual().name("cni garbage").factory());

    Garbage(PluginCall call, Attachments attachments, Supplier<List<NetworkList>> networks) {
        this.call = call;
        this.attachments = attachments;
        this.networks = networks;
    }

    /** While it is open no GC runs. */
    interface Pass extends AutoCloseable {
        @Override
        void close();
    }

    Pass pass() {
        lock.readLock().lock();
        return lock.readLock()::unlock;
    }

    /**
     * Begins, in the background.
     *
     * @param pods whose records stay
     * @param detach for the others
     * @param then once, after that
     */
    void start(Set<String> pods, Consumer<String> detach, Runnable then) {
        List<String> stale =
                attachments.pods().stream().filter(each -> !pods.contains(each)).toList();
        worker.execute(() -> {
            stale.forEach(
                    each -> attempt("DEL of a pod that is no more", () -> detach.accept(each)));
            then.run();
        });
        ScheduledFuture<?> _ =
                worker.scheduleWithFixedDelay(
                        () -> attempt("GC", this::collect),
                        0,
                        PERIOD.toSeconds(),
                        TimeUnit.SECONDS);
    }

    void attempt(String what, Runnable work) {
        try {
            work.run();
        } catch (CarafeException e) {
            LOG.atWarn().addKeyValue("of", what).setCause(e).log("A CNI plugin reports a failure");
        }
    }

    /** GC of all networks that have it; later, while an ADD or a DEL runs. */
    void collect() {
        List<NetworkList> having =
                networks.get().stream().filter(each -> each.knows(PluginCall.Verb.GC)).toList();
        if (having.isEmpty()) {
            return;
        }
        // Not by waiting: who waits keeps new ADDs waiting too.
        if (!lock.writeLock().tryLock()) {
            ScheduledFuture<?> _ =
                    worker.schedule(
                            () -> attempt("GC", this::collect),
                            RETRY.toSeconds(),
                            TimeUnit.SECONDS);
            return;
        }
        try {
            for (NetworkList network : having) {
                ObjectNode valid = valid(network);
                for (NetworkList.Plugin plugin : network.plugins()) {
                    // One that cannot must not keep the others from it.
                    attempt("GC", () -> call.run(PluginCall.Verb.GC, network, plugin, valid));
                }
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }

    private ObjectNode valid(NetworkList network) {
        ObjectNode input = json.createObjectNode();
        input.putArray(VALID);
        for (String pod : attachments.pods()) {
            attachments
                    .find(
                            pod,
                            List.of(new Attachments.Place("eth0", network, "")),
                            json.createObjectNode())
                    .map(Attachments.Kept::places)
                    .orElse(List.of())
                    .stream()
                    .filter(place -> place.network().name().equals(network.name()))
                    .forEach(place ->
                            input.withArray(VALID)
                                    .addObject()
                                    .put("containerID", pod)
                                    .put("ifname", place.interfaceName()));
        }
        return input;
    }
}
