package carafe.runtime.recovery;

import carafe.base.CarafeException;
import carafe.runtime.port.PodNetwork;
import carafe.runtime.state.ContainerRecord;
import carafe.runtime.state.ContainerState;
import carafe.runtime.state.Core;
import carafe.runtime.state.OncePerName;
import carafe.runtime.state.PodRecord;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings records and reality together when the daemon starts. Never fatal because of one object,
 * and no object holds up the others: what has not answered in time is UNKNOWN until it does.
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final Duration BUDGET = Duration.ofSeconds(5);
    private static final String FAILED = "failed";

    private final Core core;
    private final RecoverPod pods;
    private final RecoverContainer containers;
    private final Orphans orphans;

    public Recovery(Core core, RecoverPod pods, RecoverContainer containers, Orphans orphans) {
        this.core = core;
        this.pods = pods;
        this.containers = containers;
        this.orphans = orphans;
    }

    /** Runs once, before the first request. Orphans are removed in the background. */
    public void run() {
        LastBoot lastBoot = new LastBoot(core);
        String bundlesBoot = lastBoot.isCurrent() ? core.ports().processes().bootId() : "";
        List<PodRecord> allPods = youngestFirst(core.inventory().pods().load());
        List<ContainerRecord> all = core.inventory().containers().load();
        restoreNames(allPods, all);
        attempt("network", "of all pods", () -> core.ports().network().recover(known(allPods)));
        for (PodRecord each : allPods) {
            boolean known = attempt("sandbox", each.id(), () -> pods.recover(each));
            core.ports().life().recovered("pod", known ? found(each) : FAILED);
        }
        recoverContainers(all);
        Orphans.Found found = orphans.find();
        lastBoot.remember();
        Thread.ofVirtual().name("orphans").start(() -> orphans.remove(found, bundlesBoot));
        LOG.atInfo()
                .addKeyValue("sandboxes", core.inventory().pods().all().size())
                .addKeyValue("containers", all.size())
                .log("Recovered what an earlier daemon left");
    }

    private List<PodNetwork.Known> known(List<PodRecord> all) {
        return all.stream()
                .map(each -> new PodNetwork.Known(pods.network(each), each.held().addresses()))
                .toList();
    }

    private void restoreNames(List<PodRecord> allPods, List<ContainerRecord> all) {
        OncePerName podNames = core.inventory().podNames();
        for (PodRecord each : allPods) {
            if (!podNames.restore(each.name(), each.id(), each.specDigest())) {
                LOG.atWarn()
                        .addKeyValue("sandbox", each.id())
                        .log("A younger pod has this one's name; it can only be removed");
            }
        }
        OncePerName containerNames = core.inventory().containerNames();
        all.stream()
                .sorted(Comparator.comparingLong(ContainerRecord::createdAtNanos).reversed())
                .filter(each -> !containerNames.restore(each.name(), each.id(), each.specDigest()))
                .forEach(each ->
                        LOG.atWarn()
                                .addKeyValue("container", each.id())
                                .log("A younger container has this one's name"));
    }

    private void recoverContainers(List<ContainerRecord> all) {
        List<ContainerRecord> unended =
                all.stream()
                        .filter(each -> !(each.state() instanceof ContainerState.Exited))
                        .toList();
        CountDownLatch done = new CountDownLatch(unended.size());
        for (ContainerRecord each : unended) {
            Thread.ofVirtual()
                    .name("recover " + each.id())
                    .start(() -> {
                        boolean known =
                                attempt("container", each.id(), () -> containers.recover(each));
                        core.ports().life().recovered("container", known ? found(each) : FAILED);
                        done.countDown();
                    });
        }
        try {
            if (!done.await(BUDGET.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.atWarn()
                        .addKeyValue("missing", done.getCount())
                        .log("Some containers have not answered yet; the others are served");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a pod was found to be. */
    private String found(PodRecord pod) {
        return core.inventory()
                .pods()
                .find(pod.id())
                .map(each -> each.phase().name().toLowerCase(Locale.ROOT))
                .orElse("removed");
    }

    /** What a container was found to be. */
    private String found(ContainerRecord container) {
        return core.inventory()
                .containers()
                .find(container.id())
                .map(each -> each.state().phase().name().toLowerCase(Locale.ROOT))
                .orElse("removed");
    }

    private static boolean attempt(String kind, String id, Runnable work) {
        try {
            work.run();
            return true;
        } catch (CarafeException e) {
            LOG.atError()
                    .addKeyValue(kind, id)
                    .setCause(e)
                    .log("Recovery failed for one object, it can only be removed");
            return false;
        }
    }

    private static List<PodRecord> youngestFirst(List<PodRecord> found) {
        return found.stream()
                .sorted(Comparator.comparingLong(PodRecord::createdAtNanos).reversed())
                .toList();
    }
}
