package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.TaskScope;
import carafe.proto.cri.ExecSyncRequest;
import carafe.proto.cri.ExecSyncResponse;
import carafe.proto.cri.PodSandboxConfig;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** ExecSync in storms, without end, and while its container ends. Long forms print figures. */
@Timeout(120)
final class ExecLoadIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int MIB = 1 << 20;
    private static final int MAX_REPLY = 16 * MIB;

    @RegisterExtension static final Node node = new Node();

    private PodSandboxConfig pod = PodSandboxConfig.getDefaultInstance();
    private String podId = "";

    @BeforeEach
    void runPod() {
        pod = node.pod("storm").build();
        podId = node.kubelet().runPod(pod);
    }

    private String run(String... command) {
        return node.kubelet().run(podId, pod, node.container("target", command).build());
    }

    private static ExecSyncResponse exec(String id, int timeoutSeconds, String script) {
        ExecSyncRequest request =
                ExecSyncRequest.newBuilder()
                        .setContainerId(id)
                        .addAllCmd(List.of("sh", "-c", script))
                        .setTimeout(timeoutSeconds)
                        .build();
        return node.client().runtime(Duration.ofSeconds(timeoutSeconds + 60)).execSync(request);
    }

    /** RL41, in short. */
    @Test
    void aStormOfExecsLeavesNothing() throws Exception {
        storm(20, 5);
    }

    /** RL41. */
    @Tag("streaming")
    @Test
    @Timeout(900)
    void tenThousandExecsAHundredAtATimeLeaveNothing() throws Exception {
        assertThat(storm(100, 100)).isLessThanOrEqualTo(Duration.ofMillis(500));
    }

    /** All succeed; nothing is left. The 99th percentile of a call's time. */
    private Duration storm(int atOnce, int each) throws Exception {
        String id = run("sleep", "100000");
        wave(id, atOnce, 2);
        Holdings before = Holdings.of(node);
        List<Long> nanos = wave(id, atOnce, each);
        Holdings after = before.awaitIn(node);
        Duration p99 = Duration.ofNanos(nanos.get((int) (nanos.size() * 0.99)));
        System.out.printf(
                Locale.ROOT,
                "%d execs, %d at a time: median %.1f ms, p99 %.1f ms; before %s, after %s%n",
                nanos.size(),
                atOnce,
                nanos.get(nanos.size() / 2) / 1e6,
                p99.toNanos() / 1e6,
                before,
                after);
        return p99;
    }

    private static List<Long> wave(String id, int atOnce, int each) throws Exception {
        List<Long> all = new ArrayList<>();
        try (TaskScope scope = new TaskScope("storm")) {
            List<TaskScope.Outcome<List<Long>>> outcomes = new ArrayList<>();
            for (int i = 0; i < atOnce; i++) {
                outcomes.add(scope.fork(() -> one(id, each)));
            }
            scope.join(PATIENCE);
            outcomes.forEach(outcome -> all.addAll(outcome.get()));
        }
        return all.stream().sorted().toList();
    }

    private static List<Long> one(String id, int times) {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            long begin = System.nanoTime();
            assertThat(node.kubelet().exec(id, "true").getExitCode()).isZero();
            nanos.add(System.nanoTime() - begin);
        }
        return nanos;
    }

    /** S01. */
    @Tag("streaming")
    @Test
    void endlessOutputsAreCutAndCostLittle() throws Exception {
        String id = run("sleep", "100000");
        long before = residentMiB();
        long most = before;
        try (TaskScope scope = new TaskScope("endless")) {
            List<TaskScope.Outcome<Integer>> sizes = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                sizes.add(scope.fork(() -> exec(id, 30, "timeout 5 yes").getSerializedSize()));
            }
            long end = System.nanoTime() + Duration.ofSeconds(8).toNanos();
            while (System.nanoTime() < end) {
                most = Math.max(most, residentMiB());
                Thread.sleep(20);
            }
            scope.join(PATIENCE);
            int largest = sizes.stream().mapToInt(TaskScope.Outcome::get).max().orElseThrow();
            System.out.printf(
                    "20 endless outputs: the daemon grew by %d MiB, the largest reply has %d bytes%n",
                    most - before, largest);
            assertThat(largest).isLessThanOrEqualTo(MAX_REPLY);
        }
        assertThat(most - before).isLessThanOrEqualTo(256);
    }

    private static long residentMiB() throws IOException {
        return Files.readAllLines(Path.of("/proc/%d/status".formatted(node.daemon().pid())))
                .stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    /** RL39. */
    @Tag("streaming")
    @Test
    void outputThatAChildHoldsOpenIsReadForAWhile() {
        String id = run("sleep", "100000");
        long begin = System.nanoTime();
        ExecSyncResponse response = exec(id, 60, "echo before; sleep 4324 & exit 5");

        assertThat(response.getStdout().toStringUtf8()).isEqualTo("before\n");
        assertThat(response.getExitCode()).isEqualTo(5);
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(15));
    }

    /** RL40: what has a session of its own is a daemon, and meant to stay. */
    @Test
    void aTimeoutKillsTheExecsSessionOnly() {
        String id = run("sleep", "100000");
        assertThatThrownBy(() -> exec(id, 1, "setsid sleep 4325 & sleep 4326 & sleep 4327"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("DEADLINE_EXCEEDED");

        String who = "ps -o args | grep '[s]leep 432' || true";
        assertThat(exec(id, 10, who).getStdout().toStringUtf8()).isEqualTo("sleep 4325\n");
    }

    /** RL42: the node's census finds the orphans, if there are any. */
    @Test
    void execsAreServedInTheGracePeriodAndNotAfterIt() throws Exception {
        String id =
                run("sh", "-c", "trap 'echo > /dev/shm/term' TERM; while :; do sleep 0.05; done");
        try (TaskScope scope = new TaskScope("grace")) {
            TaskScope.Outcome<String> stopped =
                    scope.fork(() -> {
                        node.kubelet().stop(id, 3);
                        return "stopped";
                    });
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (exec(id, 10, "test -e /dev/shm/term").getExitCode() != 0) {
                assertThat(System.nanoTime()).isLessThan(end);
            }
            TaskScope.Outcome<String> caught =
                    scope.fork(() -> {
                        try {
                            return "code " + exec(id, 60, "sleep 4328").getExitCode();
                        } catch (StatusRuntimeException e) {
                            return String.valueOf(e.getMessage());
                        }
                    });
            scope.join(PATIENCE);
            assertThat(stopped.get()).isEqualTo("stopped");
            assertThat(caught.get()).matches("code 137|.*(ended|not running).*");
        }
        assertThatThrownBy(() -> exec(id, 10, "true"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("not running");
    }
}
