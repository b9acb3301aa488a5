package carafe.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.runtime.api.Caller;
import carafe.runtime.api.ContainerDetails;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.ContainerRuntime;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.ContainerStatus;
import carafe.runtime.api.ContainerView;
import carafe.runtime.api.ExecSyncResult;
import carafe.runtime.api.Resources;
import carafe.runtime.api.RuntimeCondition;
import carafe.runtime.api.RuntimeFeatures;
import carafe.runtime.api.SandboxDetails;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxSpec;
import carafe.runtime.api.SandboxStatus;
import carafe.runtime.api.SandboxView;
import carafe.runtime.api.Subscription;
import carafe.runtime.api.UsageStats;
import carafe.runtime.event.EventHub;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Knows one pod with one container, and remembers what it was asked. Thread-safe. */
public final class FakeRuntime implements ContainerRuntime {
    /** One line per change asked for. */
    public final List<String> asked = new CopyOnWriteArrayList<>();

    /** What subscribers hear; they may lag behind by two. */
    public final EventHub events = new EventHub(new EventHub.Limits(2, 2));

    /** How many times the pod is listed. */
    public volatile int listed = 1;

    /** What details wait for, as for a slow disk. */
    public volatile CountDownLatch disk = new CountDownLatch(0);

    @Override
    public void announcePodRange(String podCidr) {
        asked.add("range " + podCidr);
    }

    @Override
    public String runSandbox(SandboxSpec spec, Caller caller) {
        asked.add("run " + spec.metadata().name());
        return Samples.POD;
    }

    @Override
    public void stopSandbox(String id) {
        asked.add("stopPod " + id);
    }

    @Override
    public void removeSandbox(String id) {
        asked.add("removePod " + id);
    }

    @Override
    public SandboxStatus sandboxStatus(String id) {
        check(Samples.POD, id);
        return Samples.sandboxStatus();
    }

    @Override
    public SandboxDetails sandboxDetails(String id) {
        check(Samples.POD, id);
        return new SandboxDetails("web-0", "/var/log/pods/web", false, List.of(), "/run/x/pods/a");
    }

    @Override
    public RuntimeFeatures features() {
        return new RuntimeFeatures(
                List.of(
                        new RuntimeFeatures.Handler("", true, true),
                        new RuntimeFeatures.Handler("runc", false, true)),
                true,
                true,
                true);
    }

    @Override
    public List<SandboxView> listSandboxes(SandboxFilter filter) {
        asked.add("listPods " + filter);
        return Collections.nCopies(listed, Samples.sandboxStatus().view());
    }

    @Override
    public String createContainer(String sandboxId, ContainerSpec spec, Caller caller) {
        asked.add("create " + spec.metadata().name() + " for " + caller.remaining().toMinutes());
        return Samples.CONTAINER;
    }

    @Override
    public void startContainer(String id) {
        check(Samples.CONTAINER, id);
        asked.add("start " + id);
    }

    @Override
    public void stopContainer(String id, Duration grace) {
        asked.add("stop " + id + " " + grace);
    }

    @Override
    public void removeContainer(String id) {
        asked.add("remove " + id);
    }

    @Override
    public void updateContainer(String id, Resources change) {
        check(Samples.CONTAINER, id);
        asked.add("update " + id + " " + change);
    }

    @Override
    public void updateSandbox(String id, Resources overhead, Resources resources) {
        check(Samples.POD, id);
        asked.add("updatePod " + id + " " + overhead + " " + resources);
    }

    @Override
    public ContainerStatus containerStatus(String id) {
        check(Samples.CONTAINER, id);
        return Samples.containerStatus();
    }

    @Override
    public ContainerDetails containerDetails(String id) {
        check(Samples.CONTAINER, id);
        try {
            assertThat(disk.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return new ContainerDetails(
                Samples.POD,
                4711,
                "snap",
                "/kubepods/pod1/c",
                "/run/x/containers/c",
                ContainerSpec.Stdio.NONE,
                "{\"ociVersion\":\"1.2.0\",\"process\":{\"pid\":1}}");
    }

    @Override
    public List<ContainerView> listContainers(ContainerFilter filter) {
        asked.add("list " + filter);
        return List.of(Samples.containerStatus().view());
    }

    @Override
    public ExecSyncResult execSync(String id, List<String> command, Duration timeout) {
        if (command.getFirst().equals("defect")) {
            throw new IllegalStateException("a defect with password=hunter2");
        }
        return new ExecSyncResult(
                List.of(("ran " + command.getFirst()).getBytes(StandardCharsets.UTF_8)),
                List.of(),
                7);
    }

    @Override
    public UsageStats stats() {
        return new FakeStats();
    }

    @Override
    public String requireRunning(String id) {
        check(Samples.CONTAINER, id);
        return Samples.CONTAINER;
    }

    @Override
    public String requireReadySandbox(String id) {
        check(Samples.POD, id);
        return Samples.POD;
    }

    @Override
    public void reopenLog(String id) {
        asked.add("reopen " + id);
    }

    @Override
    public Subscription subscribe() {
        return events.subscribe();
    }

    @Override
    public List<RuntimeCondition> conditions() {
        return List.of(
                new RuntimeCondition("RuntimeReady", true, "", ""),
                new RuntimeCondition("NetworkReady", false, "NoNetwork", "no CNI configuration"));
    }

    private static void check(String known, String id) {
        if (!known.startsWith(id)) {
            throw new CarafeException.NotFound("no object " + id);
        }
    }
}
