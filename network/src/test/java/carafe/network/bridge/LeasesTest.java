package carafe.network.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.base.DurableFiles;
import carafe.network.cni.AttachRequest;
import carafe.network.cni.AttachRequest.PortMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeasesTest {
    private static final IpRange SMALL = IpRange.parse("10.9.0.0/29");
    private static final IpRange SIX = IpRange.parse("fd09::/64");

    @TempDir Path dir;
    private Leases leases;

    @BeforeEach
    void open() {
        leases = leases(new DiskFiles());
    }

    @Test
    void everyPodHasAddressesOfItsOwnUntilNoneIsLeft() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            seen.addAll(take("pod" + i).texts());
        }
        assertThat(seen).hasSize(10).doesNotContain("10.9.0.1", "10.9.0.7");

        assertThatThrownBy(() -> take("one-more"))
                .isInstanceOf(CarafeException.Exhausted.class)
                .hasMessageContaining("10.9.0.0/29")
                .hasMessageContaining("network.bridge_ipv4");
        assertThat(dir.resolve("one-more.json")).doesNotExist();
    }

    @Test
    void anAddressGivenBackIsTheLastToBeGivenOutAgain() {
        Lease first = take("first");
        leases.give(first);

        assertThat(take("second").texts()).doesNotContainAnyElementsOf(first.texts());
    }

    @Test
    void aPodThatAsksAgainHasWhatItHad() {
        assertThat(take("pod")).isEqualTo(take("pod"));
    }

    @Test
    void theLeaseIsOnDiskAndReadAgainAsItWas() {
        Lease lease =
                leases.take(
                        request(
                                "pod",
                                new PortMapping(80, 8080, "tcp", ""),
                                new PortMapping(53, 53, "udp", "fd00::7"),
                                new PortMapping(54, 53, "sctp", "0.0.0.0")),
                        Set.of(SMALL, SIX));

        assertThat(new LeaseFiles(dir, new DiskFiles()).load().get("pod")).contains(lease);
    }

    @Test
    void aDamagedFileIsOneLostLease() throws IOException {
        take("good");
        Files.writeString(dir.resolve("bad.json"), "{\"addresses\":[\"10.9.0.3/29");
        Files.writeString(dir.resolve("none.json"), "{\"addresses\":[\"example.org/29\"]}");

        Map<String, java.util.Optional<Lease>> found = new LeaseFiles(dir, new DiskFiles()).load();

        assertThat(found.get("good")).isPresent();
        assertThat(found.get("bad")).isEmpty();
        assertThat(found.get("none")).isEmpty();
    }

    @Test
    void anAddressWhoseFileCannotBeDeletedStaysTaken() {
        leases = leases(new UndeletableFiles());
        Lease lease = take("pod");

        assertThatThrownBy(() -> leases.give(lease)).isInstanceOf(CarafeException.Internal.class);

        assertThat(leases.find("pod")).contains(lease);
    }

    @Test
    void anotherRangeCountsForNewPodsAndOldOnesKeepTheirs() {
        Lease old = take("old");
        leases.use(List.of(IpRange.parse("10.10.0.0/24")));

        Lease fresh = leases.take(request("new"), Set.of(IpRange.parse("10.10.0.0/24")));

        assertThat(fresh.texts()).containsExactly("10.10.0.2");
        assertThat(leases.find("old")).contains(old);
        assertThat(leases.rangesInUse()).contains(SMALL, SIX);
    }

    private Leases leases(DurableFiles files) {
        Leases fresh = new Leases(new LeaseFiles(dir, files));
        fresh.use(List.of(SMALL, SIX));
        return fresh;
    }

    private Lease take(String podId) {
        return leases.take(request(podId), Set.of(SMALL, SIX));
    }

    private static AttachRequest request(String podId, PortMapping... ports) {
        return new AttachRequest(podId, "/ns", Map.of(), List.of(ports));
    }

    private static final class UndeletableFiles implements DurableFiles {
        private final DiskFiles real = new DiskFiles();

        @Override
        public void write(Path path, byte[] content, Durability durability) throws IOException {
            real.write(path, content, durability);
        }

        @Override
        public byte[] read(Path path, int maxBytes) throws IOException {
            return real.read(path, maxBytes);
        }

        @Override
        public void delete(Path path) throws IOException {
            throw new IOException("read-only file system");
        }
    }
}
