package carafe.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.IdMapping;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodSysctlsTest {
    private static final NamespaceModes OF_NODE =
            new NamespaceModes(Mode.NODE, Mode.CONTAINER, Mode.NODE, "", null);

    @Test
    void thoseOfThePodsNamespacesAreTaken() {
        Map<String, String> asked =
                Map.of(
                        "net.core.somaxconn", "1024",
                        "kernel.shm_rmid_forced", "1",
                        "fs.mqueue.msg_max", "100",
                        "net/ipv4/tcp_syncookies", "0",
                        "net.ipv4.ip_local_port_range", "1024 65535");
        PodSysctls.check(asked, NamespaceModes.ofPod());
        assertThat(PodSysctls.of(asked, NamespaceModes.ofPod()))
                .containsEntry("net.core.somaxconn", "1024")
                .containsEntry("net.ipv4.tcp_syncookies", "0")
                .containsEntry("net.ipv4.ip_unprivileged_port_start", "0");
    }

    @Test
    void thePodsWordStandsOverTheDefault() {
        String key = "net.ipv4.ip_unprivileged_port_start";
        assertThat(PodSysctls.of(Map.of(key, "1024"), NamespaceModes.ofPod()))
                .containsEntry(key, "1024");
        assertThat(PodSysctls.of(Map.of(), OF_NODE)).isEmpty();
    }

    @Test
    void pingsAreForTheGroupsThatThePodHas() {
        List<IdMapping> ids = List.of(new IdMapping(0, 100_000, 65_536));
        NamespaceModes mapped =
                new NamespaceModes(
                        Mode.POD,
                        Mode.CONTAINER,
                        Mode.POD,
                        "",
                        new NamespaceModes.UserNamespace(Mode.POD, ids, ids));
        assertThat(PodSysctls.of(Map.of(), mapped))
                .containsEntry("net.ipv4.ping_group_range", "0 65535");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "kernel.core_pattern,x",
                "kernel.hostname,x",
                "vm.swappiness,1",
                "net.core.somaxconn,1+kernel.core_pattern=x",
                "net.core.somaxconn,'1\n2'",
                "net.core.somaxconn,a=b",
                "net..x,1",
                "net.a/../b,1",
                "../kernel/shmmax,1",
                "net,1",
                "'',1",
                "kernel.shmmax.x,1",
                "net/ipv4/conf/eth0.1/forwarding,1"
            })
    void theRestIsRefused(String key, String value) {
        assertThatThrownBy(() -> PodSysctls.check(Map.of(key, value), NamespaceModes.ofPod()))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @ParameterizedTest
    @CsvSource({"net.core.somaxconn", "kernel.shmmax", "fs.mqueue.msg_max"})
    void namespacesOfTheNodeAreLeftAlone(String key) {
        assertThatThrownBy(() -> PodSysctls.check(Map.of(key, "1"), OF_NODE))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("would change the node");
    }
}
