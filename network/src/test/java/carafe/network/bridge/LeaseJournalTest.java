package carafe.network.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.base.DiskFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon finds of its leases, whatever became of the one before or of the disk. */
final class LeaseJournalTest {
    @TempDir Path dir;
    private LeaseJournal journal;

    @BeforeEach
    void open() {
        journal = journal(JournalFile::onDisk);
    }

    @Test
    void aDaemonKilledWithinAWriteHasWrittenNothingAndTheNextOneGoesOn() throws IOException {
        journal.take(lease(1));
        byte[] whole = Files.readAllBytes(file());
        journal.take(lease(2));
        byte[] both = Files.readAllBytes(file());
        for (int size = whole.length; size < both.length; size++) {
            Files.write(file(), Arrays.copyOf(both, size));
            LeaseJournal next = journal(JournalFile::onDisk);

            LeaseJournal.Found found = next.load();

            assertThat(found.leases()).as("cut at %d", size).containsExactly(lease(1));
            assertThat(found.damaged()).isEqualTo(size > whole.length);
            next.take(lease(3));
            assertThat(live()).containsExactly(lease(1), lease(3));
        }
    }

    @Test
    void aDamagedByteCostsOneLeaseAndNoOther() throws IOException {
        journal.take(lease(1));
        int from = (int) Files.size(file());
        journal.take(lease(2));
        byte[] two = Files.readAllBytes(file());
        journal.take(lease(3));
        byte[] all = Files.readAllBytes(file());
        for (int at = from; at < two.length - 1; at++) {
            byte[] damaged = all.clone();
            damaged[at] = '~';
            Files.write(file(), damaged);

            LeaseJournal.Found found = read();

            assertThat(found.leases()).as("byte %d", at).containsExactly(lease(1), lease(3));
            assertThat(found.damaged()).isTrue();
        }
    }

    @Test
    void whatAPowerCutLeavesIsNoLease() throws IOException {
        Files.write(file(), new byte[5000]);

        assertThat(read().damaged()).isTrue();
        assertThat(read().leases()).isEmpty();
    }

    @Test
    void theFileIsTheDaemonsAloneAndEmptyWhenNobodyHasALease() throws IOException {
        journal.take(lease(1));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        journal.give("pod1");
        journal.give("pod1");
        journal.close();
        assertThat(read().leases()).isEmpty();
        assertThat(file()).isEmptyFile();

        journal.take(lease(2));
        journal.close();
        assertThat(live()).containsExactly(lease(2));
    }

    @Test
    void theFileStaysSmallHoweverManyPodsComeAndGo() throws IOException {
        journal.take(lease(1));
        long largest = 0;
        for (int i = 2; i < 4000; i++) {
            journal.take(lease(i));
            journal.give("pod" + i);
            largest = Math.max(largest, Files.size(file()));
        }

        assertThat(largest).isBetween(10_000L, 100_000L);
        assertThat(read().leases()).containsExactly(lease(1));
        assertThat(Files.size(file())).isLessThan(200);
    }

    /** The disk is full: nothing new is promised, and what is given back is free. */
    @Test
    void leasesAreGivenBackWhereThereIsNoRoomToWriteTheFileAnew() throws IOException {
        AtomicBoolean full = new AtomicBoolean();
        LeaseJournal onFullDisk =
                new LeaseJournal(
                        dir,
                        new FullDisk(full),
                        path ->
                                new GrowthFails(
                                        JournalFile.onDisk(path),
                                        full,
                                        new AtomicLong(Files.size(path))));
        for (int i = 0; i < 2000; i++) {
            onFullDisk.take(lease(i));
        }
        full.set(true);
        assertThatThrownBy(() -> onFullDisk.take(lease(2000)))
                .isInstanceOf(CarafeException.Internal.class)
                .hasMessageContaining("pod2000")
                .hasMessageContaining("No space left on device");
        for (int i = 0; i < 1999; i++) {
            onFullDisk.give("pod" + i);
        }

        assertThat(live()).containsExactly(lease(1999));
        full.set(false);
        onFullDisk.take(lease(2001));
        assertThat(live()).containsExactly(lease(1999), lease(2001));
    }

    /** Neither the write nor its undo: what is on the disk is looked at before the next change. */
    @Test
    void afterAFailureNobodyKnowsOfTheDiskSaysWhatIsKnown() throws IOException {
        AtomicBoolean broken = new AtomicBoolean();
        LeaseJournal shaky = journal(path -> new BreakingFile(path, broken));
        shaky.take(lease(1));
        broken.set(true);
        assertThatThrownBy(() -> shaky.take(lease(2))).isInstanceOf(CarafeException.class);
        broken.set(false);
        // A whole line of a lease that was not promised, as when only the answer was lost.
        Files.write(file(), new byte[] {'\n'}, StandardOpenOption.APPEND);
        Files.write(file(), LeaseText.line(lease(4)), StandardOpenOption.APPEND);

        shaky.take(lease(3));
        shaky.give("pod1");
        shaky.close();

        assertThat(read().leases()).containsExactly(lease(3));
    }

    @Test
    void ofTwoLinesOfAPodTheLaterOneCounts() throws IOException {
        journal.take(lease(1));
        Lease later =
                new Lease(
                        "pod1",
                        "vethpod1",
                        List.of(new Lease.Address(InetAddress.ofLiteral("10.9.9.9"), 16)),
                        List.of());
        Files.write(file(), LeaseText.line(later), StandardOpenOption.APPEND);
        LeaseJournal next = journal(JournalFile::onDisk);

        assertThat(next.load().leases()).containsExactly(later);
        next.give("pod1");
        assertThat(live()).isEmpty();
    }

    /** What the file says, while a daemon has it open. */
    private List<Lease> live() throws IOException {
        return Files.readAllLines(file(), StandardCharsets.ISO_8859_1).stream()
                .filter(line -> line.startsWith("+"))
                .map(line -> line.getBytes(StandardCharsets.ISO_8859_1))
                .map(line -> LeaseText.read(line, 0, line.length))
                .toList();
    }

    private LeaseJournal.Found read() {
        return journal(JournalFile::onDisk).load();
    }

    private LeaseJournal journal(JournalFile.Opener opener) {
        return new LeaseJournal(dir, new DiskFiles(), opener);
    }

    private Path file() {
        return dir.resolve("leases");
    }

    private static Lease lease(int number) {
        return new Lease(
                "pod" + number,
                "vethpod" + number,
                List.of(
                        new Lease.Address(
                                InetAddress.ofLiteral(
                                        "10.9.%d.%d".formatted(number / 256, number % 256)),
                                16)),
                List.of());
    }

    /** Room for no other byte while it is full. */
    private record GrowthFails(JournalFile real, AtomicBoolean full, AtomicLong size)
            implements JournalFile {
        @Override
        public void write(long at, byte[] content) throws IOException {
            if (full.get() && at + content.length > size.get()) {
                throw new IOException("No space left on device");
            }
            real.write(at, content);
            size.accumulateAndGet(at + content.length, Math::max);
        }

        @Override
        public void cut(long to) throws IOException {
            real.cut(to);
            size.set(to);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private static final class FullDisk implements carafe.base.DurableFiles {
        private final DiskFiles real = new DiskFiles();
        private final AtomicBoolean full;

        FullDisk(AtomicBoolean full) {
            this.full = full;
        }

        @Override
        public void write(Path path, byte[] content, Durability durability) throws IOException {
            if (full.get()) {
                throw new IOException("No space left on device");
            }
            real.write(path, content, durability);
        }

        @Override
        public byte[] read(Path path, int maxBytes) throws IOException {
            return real.read(path, maxBytes);
        }

        @Override
        public void delete(Path path) throws IOException {
            real.delete(path);
        }
    }
}
