package carafe.network.bridge;

import static carafe.network.bridge.BridgeRig.request;
import static carafe.network.bridge.BridgeRig.sh;
import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.network.bridge.FaultyBridgePorts.Fault;
import carafe.network.cni.AttachRequest.PortMapping;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The daemon fails, or is killed, at every call by which the built-in network is given to a pod or
 * taken from it; nothing may stay of what it began.
 */
final class BridgeCrashIT {
    private static final int MORE_THAN_ENOUGH = 100;
    private static final PortMapping PORT = new PortMapping(19180, 80, "tcp", "");

    @TempDir Path dir;
    private BridgeRig rig;
    private String pod;

    @BeforeEach
    void makeRig() {
        BridgeRig.assumePossible();
        rig = new BridgeRig(dir, "cfbrcr0");
        pod = rig.pod("one");
    }

    @AfterEach
    void removeRig() {
        rig.faults().plan(Fault.NONE, MORE_THAN_ENOUGH);
        rig.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"FAIL_BEFORE", "FAIL_AFTER"})
    void aFailureAtAnyCallLeavesNothingAndARetrySucceeds(Fault fault) {
        for (int n = 0; n < MORE_THAN_ENOUGH; n++) {
            BridgeNetwork network = rig.network(Map.of());
            rig.faults().plan(fault, n);
            boolean attached = attempt(() -> network.attach(request(pod, PORT)));
            boolean reached = rig.faults().reached();
            List<String> seen = rig.faults().seen();
            rig.faults().plan(Fault.NONE, 0);
            if (!attached) {
                // What the undo could not take back is the caller's to ask for again.
                network.detach(pod);
                assertNothingOfThePod(seen);
                network.attach(request(pod, PORT));
            }
            rig.faults().plan(fault, n);
            boolean detached = attempt(() -> network.detach(pod));
            reached |= rig.faults().reached();
            rig.faults().plan(Fault.NONE, 0);
            if (!detached) {
                network.detach(pod);
            }
            assertNothingOfThePod(seen);
            network.close();
            assertThat(rig.traces()).as("call %d of %s", n, seen).isEmpty();
            if (!reached) {
                assertThat(n).isGreaterThan(10);
                return;
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "DIE_AFTER")
    void aDaemonKilledAtAnyCallOfAnAttachLeaksNothing(Fault fault) {
        for (int n = 0; n < MORE_THAN_ENOUGH; n++) {
            BridgeNetwork killed = rig.network(Map.of());
            rig.faults().plan(fault, n);
            boolean attached = attempt(() -> killed.attach(request(pod, PORT)));
            List<String> seen = rig.faults().seen();
            rig.faults().plan(Fault.NONE, 0);

            rig.network(Map.of());

            assertThat(rig.traces()).as("killed at call %d of %s", n, seen).isEmpty();
            assertThat(sh("ip -n " + pod + " link")).doesNotContain("eth0");
            if (attached) {
                assertThat(n).isGreaterThan(10);
                return;
            }
        }
    }

    /** The pod's record is still there, so that kubelet stops it again after the restart. */
    @ParameterizedTest
    @EnumSource(names = "DIE_AFTER")
    void aDaemonKilledAtAnyCallOfADetachEndsItLater(Fault fault) {
        for (int n = 0; n < MORE_THAN_ENOUGH; n++) {
            BridgeNetwork killed = rig.network(Map.of());
            List<String> addresses = killed.attach(request(pod, PORT));
            rig.faults().plan(fault, n);
            boolean detached = attempt(() -> killed.detach(pod));
            List<String> seen = rig.faults().seen();
            rig.faults().plan(Fault.NONE, 0);

            BridgeNetwork next = rig.network(Map.of(pod, addresses));
            next.detach(pod);
            assertNothingOfThePod(seen);
            next.close();

            assertThat(rig.traces()).as("killed at call %d of %s", n, seen).isEmpty();
            if (detached) {
                assertThat(n).isGreaterThan(3);
                return;
            }
        }
    }

    private void assertNothingOfThePod(List<String> calls) {
        assertThat(sh("ip -n " + pod + " link")).as("after %s", calls).doesNotContain("eth0");
        assertThat(sh("ip -o link")).as("after %s", calls).doesNotContain(Lease.linkOf(pod));
        assertThat(sh("nft list ruleset")).as("after %s", calls).doesNotContain("19180");
        assertThat(rig.leases()).as("after %s", calls).isEmpty();
    }

    private static boolean attempt(Runnable work) {
        try {
            work.run();
            return true;
        } catch (CarafeException | FaultyBridgePorts.Killed e) {
            return false;
        }
    }
}
