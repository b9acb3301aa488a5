package carafe.runtime;

import carafe.runtime.api.Caller;
import carafe.runtime.container.RuntimeDevices;
import carafe.runtime.fake.FakeNode;
import carafe.runtime.handler.Handlers;
import carafe.runtime.spec.HostFacts;
import carafe.runtime.state.Inventory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A runtime on a fake node, as a test drives it. */
final class RuntimeRig {
    final FakeNode node;
    CarafeRuntime runtime;

    RuntimeRig(Path base) {
        this.node = new FakeNode(base);
        this.runtime = fresh();
    }

    /** The daemon dies: it sees and does nothing any more. */
    void die() {
        node.daemonDies();
    }

    /** The daemon dies and another one starts. */
    void restart() {
        die();
        runtime = fresh();
        runtime.recover();
    }

    private CarafeRuntime fresh() {
        return new CarafeRuntime(
                node.ports(),
                new RuntimeSettings(
                        node.root(),
                        node.state(),
                        node.etc(),
                        () -> "node-1",
                        Handlers.OWN_ONLY,
                        new HostFacts(Set.of("CAP_CHOWN", "CAP_KILL", "CAP_SYS_ADMIN"), 1024, 4096),
                        new RuntimeDevices(List.of(node.cdi()), false),
                        () -> 16384,
                        new RuntimeSettings.Exec(20_000, 1000, 100_000, Duration.ofMillis(100))));
    }

    String runPod(String name) {
        return runtime.runSandbox(Requests.pod(name, node.logs()), Caller.PATIENT);
    }

    String create(String pod, String name) {
        return runtime.createContainer(pod, Requests.container(name), Caller.PATIENT);
    }

    String createAndStart(String pod, String name) {
        String id = create(pod, name);
        runtime.startContainer(id);
        return id;
    }

    /** What is left on the node and in the runtime's own books. */
    List<String> leftovers() {
        List<String> left = new ArrayList<>(node.leftovers());
        Inventory inventory = runtime.core().inventory();
        if (inventory.podNames().size() > 0) {
            left.add("names of pods: " + inventory.podNames().size());
        }
        if (inventory.containerNames().size() > 0) {
            left.add("names of containers: " + inventory.containerNames().size());
        }
        if (inventory.lockCount() > 0) {
            left.add("locks: " + inventory.lockCount());
        }
        return left;
    }
}
