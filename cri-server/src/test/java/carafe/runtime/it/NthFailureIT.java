package carafe.runtime.it;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import carafe.runtime.CarafeRuntime;
import carafe.runtime.Requests;
import carafe.runtime.api.Caller;
import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.SandboxFilter;
import carafe.runtime.api.SandboxView;
import carafe.runtime.fake.Faults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each use case on the real kernel with its first, second, third … outside step failing: every file
 * written, every cgroup file, every shim that is started or spoken to. Afterwards all is as it was
 * and a retry works. With {@code -Dcarafe.soak=true} each step also fails after it took effect.
 */
class NthFailureIT {
    private static final int MANY = 1000;
    private static final boolean SOAK = Boolean.getBoolean("carafe.soak");

    @TempDir private Path base;
    private RealNode node;
    private CarafeRuntime runtime;

    @BeforeEach
    void start() throws IOException, SyscallException {
        Assumptions.assumeTrue(
                System.getProperty("user.name").equals("root"), "needs root for namespaces");
        Assumptions.assumeTrue(Files.isExecutable(BusyboxImages.BUSYBOX), "needs busybox-static");
        node = new RealNode(base.toRealPath());
        runtime = node.daemon();
    }

    @AfterEach
    void end() {
        node.faults().none();
        removeAll();
        node.close();
    }

    @Test
    void runningAPod() {
        forEachStep(
                () -> {},
                this::runPod,
                () -> {
                    // A step after the pod was ready fails nobody any more.
                    if (runtime.listSandboxes(SandboxFilter.ALL).isEmpty()) {
                        runPod();
                    }
                });
    }

    @Test
    void creatingAContainer() {
        forEachStep(
                this::runPod,
                this::create,
                () -> {
                    assertThat(runtime.listContainers(ContainerFilter.ALL)).isEmpty();
                    create();
                });
    }

    @Test
    void startingAContainer() {
        forEachStep(
                () -> {
                    runPod();
                    create();
                },
                () -> runtime.startContainer(container()),
                () -> {});
    }

    @Test
    void stoppingAContainer() {
        forEachStep(
                this::running,
                () -> runtime.stopContainer(container(), Duration.ZERO),
                () -> runtime.stopContainer(container(), Duration.ZERO));
    }

    @Test
    void removingAContainer() {
        forEachStep(
                this::running,
                () -> runtime.removeContainer(container()),
                () -> {
                    runtime.listContainers(ContainerFilter.ALL)
                            .forEach(each -> runtime.removeContainer(each.id()));
                    create();
                });
    }

    @Test
    void removingAPod() {
        forEachStep(this::running, () -> runtime.removeSandbox(pod()), () -> {});
    }

    /**
     * @param before brings the node to where the use case begins
     * @param useCase whose steps fail
     * @param afterwards what must work after the failure
     */
    private void forEachStep(Runnable before, Runnable useCase, Runnable afterwards) {
        int steps = forEachStep(node.faults()::failBefore, before, useCase, afterwards);
        assertThat(steps).as("steps that were failed").isGreaterThan(1);
        if (SOAK) {
            forEachStep(node.faults()::failAfter, before, useCase, afterwards);
        }
    }

    private int forEachStep(
            Consumer<Integer> moment, Runnable before, Runnable useCase, Runnable afterwards) {
        Faults faults = node.faults();
        for (int n = 0; n < MANY; n++) {
            before.run();
            moment.accept(n);
            boolean failed = fails(useCase);
            boolean reached = faults.reached();
            List<String> steps = faults.seen();
            faults.none();
            if (failed) {
                afterwards.run();
            }
            removeAll();
            int step = n;
            awaitNothingLeft("step %d of %s".formatted(step, steps));
            if (!reached) {
                return n;
            }
        }
        throw new AssertionError("the use case has more than " + MANY + " steps");
    }

    private void awaitNothingLeft(String when) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!node.leftovers().isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(node.leftovers()).as(when).isEmpty();
    }

    private static boolean fails(Runnable useCase) {
        try {
            useCase.run();
            return false;
        } catch (CarafeException e) {
            return true;
        }
    }

    private void removeAll() {
        runtime.listSandboxes(SandboxFilter.ALL).forEach(each -> runtime.removeSandbox(each.id()));
    }

    private void running() {
        runPod();
        create();
        runtime.startContainer(container());
    }

    private void runPod() {
        String _ = runtime.runSandbox(Requests.pod("web", node.logs()), Caller.PATIENT);
    }

    private void create() {
        String _ =
                runtime.createContainer(pod(), RuntimeIT.spec("app", "sleep 1000"), Caller.PATIENT);
    }

    private String pod() {
        List<SandboxView> pods = runtime.listSandboxes(SandboxFilter.ALL);
        return pods.getFirst().id();
    }

    private String container() {
        return runtime.listContainers(ContainerFilter.ALL).getFirst().id();
    }
}
