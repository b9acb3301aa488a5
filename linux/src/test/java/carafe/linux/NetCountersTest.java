package carafe.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class NetCountersTest {
    private static final String DEVICES =
            """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
              eth0: 6118345   29203    3    1    0     0          0         0 18446744073709551615   29203    4    0    0     0       0          0
              net1:7 1 0 0 0 0 0 0 8 1 0 0 0 0 0 0
            """;
    private static final String ROUTES =
            """
            Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
            eth0\t004DE70A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
            net1\t00000000\t014DE70A\t0003\t0\t0\t0\t00000000\t0\t0\t0
            """;

    @Test
    void loopbackIsLeftOutAndTheDefaultRouteNamesTheDefaultInterface() {
        NetCounters counters = NetCounters.parse(DEVICES, ROUTES, "");
        assertThat(counters.defaultInterface()).contains("net1");
        assertThat(counters.interfaces())
                .containsExactly(
                        new NetCounters.Interface(
                                "eth0",
                                new NetCounters.Traffic(6_118_345, 29_203, 3, 1),
                                new NetCounters.Traffic(-1, 29_203, 4, 0)),
                        new NetCounters.Interface(
                                "net1",
                                new NetCounters.Traffic(7, 1, 0, 0),
                                new NetCounters.Traffic(8, 1, 0, 0)));
    }

    @Test
    void aDefaultRouteOfIpv6CountsWhereThereIsNoOther() {
        String zeros = "0".repeat(32);
        String routes6 =
                (zeros + " 00 " + zeros + " 00 fe80" + "0".repeat(28))
                        + " 00000400 00000001 00000000 00000003     eth0\n";
        String reject =
                (zeros + " 00 " + zeros + " 00 " + zeros)
                        + " ffffffff 00000001 00000000 00200200       lo\n";
        assertThat(NetCounters.parse(DEVICES, "Iface\n", reject + routes6).defaultInterface())
                .contains("eth0");
        assertThat(NetCounters.parse(DEVICES, "Iface\n", reject).defaultInterface()).isEmpty();
    }

    @Test
    void thisProcessHasCountersAndAnotherOfItsPidHasNot() {
        Processes processes = new Processes();
        PidIdentity self = processes.self();
        assertThat(NetCounters.of(self, processes)).isPresent();
        assertThat(NetCounters.of(new PidIdentity(self.pid(), 1), processes))
                .isEqualTo(Optional.empty());
    }
}
