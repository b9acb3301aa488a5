package carafe.shim.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.shim.spec.ContainerSpec.Sysctl;
import carafe.shim.sys.RecordingSyscalls;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SysctlsTest {
    private static final Sysctls.Owned ALL = new Sysctls.Owned(true, true, true);

    private final RecordingSyscalls kernel =
            new RecordingSyscalls().answer("fileSystemType", _ -> 0x9fa0L);

    private void apply(String key, Sysctls.Owned owned) throws Exception {
        HostProc proc = HostProc.open(kernel.syscalls().files());
        new Sysctls(proc, new Progress()).apply(List.of(new Sysctl(key, "1")), owned);
    }

    @Test
    void aKeyOfAnOwnNamespaceIsWritten() throws Exception {
        apply("net.ipv4.ip_forward", ALL);
        assertThat(kernel.calls()).anyMatch(c -> c.contains("sys/net/ipv4/ip_forward"));
    }

    @Test
    void aDotInAnInterfacesNameIsKept() throws Exception {
        apply("net/ipv4/conf/eth0.100/forwarding", ALL);
        assertThat(kernel.calls())
                .anyMatch(c -> c.contains("sys/net/ipv4/conf/eth0.100/forwarding,"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kernel.core_pattern",
                "kernel.shmmax2",
                "vm.swappiness",
                "net.ipv4/../../kernel/core_pattern",
                "net/ipv4/../../kernel/core_pattern",
                "net.a b",
                "net.a\nkernel.core_pattern",
                "net.a=1+kernel.core_pattern",
                "net..x",
                ""
            })
    void othersAreRefused(String key) {
        assertThatThrownBy(() -> apply(key, ALL)).isInstanceOf(RefusedException.class);
        assertThat(kernel.names()).doesNotContain("write");
    }

    @Test
    void theMachinesNamespacesAreNotWrittenTo() {
        Sysctls.Owned none = new Sysctls.Owned(false, false, false);
        for (String key : List.of("net.core.somaxconn", "kernel.msgmax", "fs.mqueue.msg_max")) {
            assertThatThrownBy(() -> apply(key, none)).isInstanceOf(RefusedException.class);
        }
    }
}
