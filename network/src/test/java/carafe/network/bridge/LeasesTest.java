package carafe.network.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import carafe.base.DurableFiles;
import carafe.network.cni.AttachRequest;
import carafe.network.cni.AttachRequest.PortMapping;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
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
        leases = leases(new DiskFiles(), JournalFile::onDisk);
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
        assertThat(journal(new DiskFiles(), JournalFile::onDisk).load().leases()).hasSize(5);
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

        LeaseJournal.Found found = journal(new DiskFiles(), JournalFile::onDisk).load();

        assertThat(found.leases()).containsExactly(lease);
        assertThat(found.damaged()).isFalse();
    }

    @Test
    void anAddressThatCannotBeGivenBackOnTheDiskStaysTaken() {
        AtomicBoolean broken = new AtomicBoolean();
        leases = leases(new DiskFiles(), path -> new BreakingFile(path, broken));
        Lease lease = take("pod");
        broken.set(true);

        assertThatThrownBy(() -> leases.give(lease))
                .isInstanceOf(CarafeException.Internal.class)
                .hasMessageContaining("pod sandbox pod")
                .hasMessageContaining("No space left");
        assertThat(leases.find("pod")).contains(lease);

        broken.set(false);
        leases.give(lease);
        assertThat(leases.all()).isEmpty();
    }

    @Test
    void aLeaseThatCannotBeWrittenIsNobodysAndItsAddressIsFree() {
        AtomicBoolean broken = new AtomicBoolean();
        leases = leases(new DiskFiles(), path -> new BreakingFile(path, broken));
        take("first");
        broken.set(true);
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> take("second"))
                    .isInstanceOf(CarafeException.Internal.class)
                    .hasMessageContaining("write the lease of pod sandbox second")
                    .hasMessageContaining("No space left");
        }
        assertThat(leases.find("second")).isEmpty();

        broken.set(false);
        take("third");
        assertThat(journal(new DiskFiles(), JournalFile::onDisk).load().leases())
                .extracting(Lease::podId)
                .containsExactly("first", "third");
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

    private Leases leases(DurableFiles files, JournalFile.Opener opener) {
        Leases fresh = new Leases(journal(files, opener));
        fresh.use(List.of(SMALL, SIX));
        return fresh;
    }

    private LeaseJournal journal(DurableFiles files, JournalFile.Opener opener) {
        return new LeaseJournal(dir, files, opener);
    }

    private Lease take(String podId) {
        return leases.take(request(podId), Set.of(SMALL, SIX));
    }

    private static AttachRequest request(String podId, PortMapping... ports) {
        return new AttachRequest(podId, "/ns", Map.of(), List.of(ports));
    }
}
