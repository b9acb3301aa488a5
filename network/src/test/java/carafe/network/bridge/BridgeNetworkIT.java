package carafe.network.bridge;

import static carafe.network.bridge.BridgeRig.ask;
import static carafe.network.bridge.BridgeRig.ping;
import static carafe.network.bridge.BridgeRig.request;
import static carafe.network.bridge.BridgeRig.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.network.cni.AttachRequest.PortMapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built-in network with the machine's kernel and nft, its pods being plain namespaces. */
final class BridgeNetworkIT {
    private static final String PING_OK = " 0% packet loss";

    @TempDir Path dir;
    private BridgeRig rig;
    private BridgeNetwork network;

    @BeforeEach
    void makeNetwork() {
        BridgeRig.assumePossible();
        rig = new BridgeRig(dir, "cfbrit0");
        network = rig.network(Map.of());
    }

    @AfterEach
    void removeNetwork() {
        rig.close();
    }

    @Test
    void podsAndTheNodeReachEachOtherByBothFamiliesAndNothingIsLeft() {
        String one = rig.pod("one");
        String two = rig.pod("two");

        List<String> first = network.attach(request(one));
        List<String> second = network.attach(request(two));

        assertThat(first).containsExactly("10.213.0.2", "fd21:3::2");
        assertThat(second).containsExactly("10.213.0.3", "fd21:3::3");
        for (String address : List.of("10.213.0.3", "fd21:3::3", "10.213.0.1", "fd21:3::1")) {
            assertThat(ping(one, address)).as(address).contains(PING_OK);
        }
        for (String address : List.of("10.213.0.2", "fd21:3::3")) {
            assertThat(ping("", address)).as(address).contains(PING_OK);
        }
        assertThat(sh("ip -n " + one + " route; ip -n " + one + " -6 route"))
                .contains("default via 10.213.0.1 dev eth0")
                .contains("default via fd21:3::1 dev eth0");
        assertThat(sh("ip -n " + one + " link show eth0")).contains("mtu 1400").contains(",UP");
        assertThat(sh("cat /proc/sys/net/ipv6/conf/cfbrit0/accept_ra")).isEqualTo("0\n");

        network.detach(one);
        network.detach(one);
        network.detach(two);
        assertThat(sh("ip -n " + one + " link")).doesNotContain("eth0");
        network.close();
        assertThat(rig.traces()).isEmpty();
    }

    @Test
    void hostPortsReachThePodFromEverywhereAndNobodyElses() {
        String web = rig.pod("web");
        String other = rig.pod("other");
        String machine = rig.machine();
        rig.serve(web, 8080);
        rig.serve(machine, 19080);
        network.attach(
                request(
                        web,
                        new PortMapping(19080, 8080, "tcp", ""),
                        new PortMapping(19080, 8080, "udp", ""),
                        new PortMapping(19081, 8080, "tcp", "10.212.0.1"),
                        new PortMapping(19082, 8080, "sctp", "")));
        network.attach(request(other));

        // From the node, by its loopback and by another address; the pod cannot answer to
        // 127.0.0.1.
        assertThat(ask("", "tcp", "127.0.0.1", 19080)).isEqualTo(web + " 10.213.0.1");
        assertThat(ask("", "udp", "127.0.0.1", 19080)).isEqualTo(web + " 10.213.0.1");
        assertThat(ask("", "tcp", "10.212.0.1", 19080)).startsWith(web);
        assertThat(ask("", "tcp", "fd21:2::1", 19080)).startsWith(web);
        // From another machine, which the pod sees as itself; also by IPv6.
        assertThat(ask(machine, "tcp", "10.212.0.1", 19080)).isEqualTo(web + " 10.212.0.2");
        assertThat(ask(machine, "udp", "10.212.0.1", 19080)).isEqualTo(web + " 10.212.0.2");
        assertThat(ask(machine, "tcp", "fd21:2::1", 19080)).isEqualTo(web + " fd21:2::2");
        // A host port at one address is at no other.
        assertThat(ask(machine, "tcp", "10.212.0.1", 19081)).startsWith(web);
        assertThat(ask("", "tcp", "127.0.0.1", 19081)).contains("refused");
        // Hairpin: from a neighbour, and from the pod itself.
        assertThat(ask(other, "tcp", "10.212.0.1", 19080)).startsWith(web);
        assertThat(ask(web, "tcp", "10.212.0.1", 19080)).startsWith(web);
        assertThat(ask(web, "tcp", "fd21:2::1", 19080)).startsWith(web);
        // The same port of another machine is that machine's (CVE-2025-67499), seen from the node's
        // address.
        assertThat(ask(other, "tcp", "10.212.0.2", 19080)).isEqualTo(machine + " 10.212.0.1");
        assertThat(ask(other, "tcp", "fd21:2::2", 19080)).isEqualTo(machine + " fd21:2::1");
        assertThat(sh("nft list map inet cfbrit0 any4"))
                .contains("sctp . 19082 : 10.213.0.2 . 8080");

        network.detach(web);
        assertThat(ask("", "tcp", "127.0.0.1", 19080)).contains("refused");
        assertThat(sh("nft list map inet cfbrit0 any4")).doesNotContain("elements");
        assertThat(sh("cat /proc/sys/net/ipv4/conf/cfbrit0/route_localnet")).isEqualTo("0\n");
    }

    @Test
    void thePortsOfOnePodAreNobodyElsesAndANonsenseOneIsRefused() {
        String one = rig.pod("one");
        String two = rig.pod("two");
        network.attach(request(one, new PortMapping(19090, 80, "tcp", "")));

        assertThatThrownBy(
                        () -> network.attach(request(two, new PortMapping(19090, 80, "tcp", ""))))
                .isInstanceOf(CarafeException.Exists.class)
                .hasMessageContaining("19090/tcp")
                .hasMessageContaining(one);
        assertThatThrownBy(() ->
                        network.attach(request(two, new PortMapping(19091, 80, "tcp", "nowhere"))))
                .isInstanceOf(CarafeException.Invalid.class);
        network.attach(request(two, new PortMapping(19090, 80, "udp", "")));
        network.detach(one);
        network.detach(two);
    }

    /** CVE-2020-8558: a neighbour that routes 127.0.0.1 to the node must not reach its services. */
    @Test
    void aPodDoesNotReachTheNodesLoopback() throws Exception {
        String pod = rig.pod("evil");
        network.attach(request(pod, new PortMapping(19095, 80, "tcp", "")));
        assertThat(sh("cat /proc/sys/net/ipv4/conf/cfbrit0/route_localnet")).isEqualTo("1\n");
        try (java.net.ServerSocket service =
                new java.net.ServerSocket(0, 1, java.net.InetAddress.ofLiteral("127.0.0.1"))) {
            String inside = "ip netns exec " + pod + " ";
            sh(inside + "bash -c 'echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet'");
            sh(inside + "ip route del local 127.0.0.0/8 table local");
            sh(inside + "ip route del local 127.0.0.1 table local");
            sh(inside + "ip route add 127.0.0.0/8 via 10.213.0.1");
            assertThat(sh(inside + "ip route get 127.0.0.1")).contains("via 10.213.0.1");

            assertThat(ask(pod, "tcp", "127.0.0.1", service.getLocalPort())).contains("none");
        }
    }

    @Test
    void whatSomebodyElseRemovedIsMadeAgain() {
        String one = rig.pod("one");
        network.attach(request(one, new PortMapping(19096, 80, "tcp", "")));
        sh("ip link del cfbrit0; nft delete table inet cfbrit0");
        String two = rig.pod("two");

        network.attach(request(two, new PortMapping(19097, 80, "tcp", "")));

        assertThat(ping(two, "10.213.0.1")).contains(PING_OK);
        assertThat(sh("nft list map inet cfbrit0 any4")).contains("19096").contains("19097");
        network.detach(one);
        network.detach(two);
        network.close();
        assertThat(rig.traces()).isEmpty();
    }

    /** A file for each pod, as they were written before there was the journal. */
    @Test
    void leasesOfAnEarlierVersionAreTakenOver() throws Exception {
        String pod = rig.pod("one");
        List<String> addresses = network.attach(request(pod));
        Path old = rig.settings().records().resolve(pod + ".json");
        Files.delete(rig.journal());
        Files.writeString(
                old,
                """
                {"version":1,"link":"%s","addresses":["10.213.0.2/24","fd21:3::2/64"],"ports":[
                {"protocol":"tcp","hostPort":19098,"podPort":80,"address":"","family":0}]}\
                """
                        .formatted(Lease.linkOf(pod)));
        Path gone = rig.settings().records().resolve("gone.json");
        Files.writeString(gone, "{\"addresses\":[\"10.213.0.9/29");

        BridgeNetwork next = rig.network(Map.of(pod, addresses));

        assertThat(rig.leases()).singleElement().asString().contains(pod).contains(":19098:");
        assertThat(old).doesNotExist();
        assertThat(gone).doesNotExist();
        assertThat(ping(pod, "10.213.0.1")).contains(PING_OK);
        assertThat(next.attach(request(rig.pod("two")))).first().isEqualTo("10.213.0.3");
    }

    /** The pod's own record tells which addresses it has. */
    @Test
    void aDamagedLeaseOfALivingPodIsMadeAnewAndItsCableStays() throws Exception {
        String pod = rig.pod("one");
        List<String> addresses = network.attach(request(pod));
        Files.writeString(rig.journal(), Files.readString(rig.journal()).substring(1));

        // One that was stopped has a record still, and its address is another's.
        BridgeNetwork next = rig.network(Map.of(pod, addresses, "stopped", addresses));

        assertThat(rig.leases()).singleElement().asString().contains("10.213.0.2/24,fd21:3::2/64");
        assertThat(ping(pod, "10.213.0.1")).contains(PING_OK);
        assertThat(next.attach(request(rig.pod("two")))).first().isEqualTo("10.213.0.3");
        next.detach(pod);
        assertThat(sh("ip -n " + pod + " link")).doesNotContain("eth0");
    }

    @Test
    void aBridgeOfSomebodyElseIsNotTouched() {
        sh("ip link add cfbrit0 type bridge");

        assertThatThrownBy(() -> network.attach(request(rig.pod("one"))))
                .hasMessageContaining("cfbrit0")
                .hasMessageContaining("is not Carafe's");
        network.close();
        assertThat(sh("ip link show cfbrit0")).contains("cfbrit0");
    }
}
