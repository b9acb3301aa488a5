package carafe.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import carafe.base.DiskFiles;
import carafe.linux.Fd;
import carafe.linux.PeerCredentials;
import carafe.linux.ReadinessLoop;
import carafe.linux.netlink.Link;
import carafe.linux.netlink.NetlinkSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The netlink socket that comes with a new pod, or is opened in it later. */
class PodNetlinkIT {
    private static final Duration WAIT = Duration.ofSeconds(20);

    @TempDir private Path work;
    private final Deadlines deadlines = new Deadlines();
    private ReadinessLoop readiness;
    private ShimProgram program;
    private ShimSpawner spawner;
    private NativeShims shims;
    private Path bundle;

    @BeforeEach
    void setUp() throws IOException {
        assumeTrue(PeerCredentials.ownUid() == 0, "namespaces need root");
        readiness = ReadinessLoop.open();
        readiness.start();
        program = ShimProgram.bundled();
        spawner = ShimSpawner.of(program);
        shims = new NativeShims(program, spawner, readiness, deadlines, new DiskFiles());
        // Longer than the address of a socket may be.
        bundle = Files.createDirectories(work.resolve("a".repeat(100)).resolve("pod"));
    }

    @AfterEach
    void close() {
        if (program != null) {
            spawner.close();
            program.close();
            readiness.close();
        }
        deadlines.close();
    }

    private ShimLauncher.NewPod start(String namespaces) throws IOException {
        Files.writeString(
                bundle.resolve("shim.json"),
                "{\"version\":1,\"id\":\"pod\",\"sysctls\":{},\"namespaces\":[%s]}"
                        .formatted(namespaces));
        return shims.startPod(bundle, WAIT);
    }

    @Test
    void itIsInThePodsNetworkAndTheDaemonsAlone() throws Exception {
        ShimLauncher.NewPod made = start("\"net\",\"uts\"");
        Fd socket = made.netlink().orElseThrow();
        String name = Files.readSymbolicLink(socket.path()).toString();
        try (NetlinkSocket netlink = NetlinkSocket.over(socket)) {
            assertThat(netlink.links()).extracting(Link::name).contains("lo");
            assertThat(netlink.link("lo").orElseThrow().mac()).isEqualTo("00:00:00:00:00:00");
            assertThat(bundle.resolve("n")).doesNotExist();
            awaitOnlyOwner(name);
        } finally {
            made.pod().stop(WAIT);
        }
    }

    @Test
    void oneIsOpenedLaterJustAsWell() throws Exception {
        ShimLauncher.NewPod made = start("\"net\",\"uts\"");
        made.netlink().orElseThrow().close();
        PodHandle found = shims.findPod(bundle).orElseThrow();
        try (NetlinkSocket netlink = NetlinkSocket.over(found.netlink(WAIT))) {
            assertThat(netlink.links()).extracting(Link::name).contains("lo");
        } finally {
            found.stop(WAIT);
        }
    }

    @Test
    void aPodOnTheNodesNetworkComesWithoutOne() throws Exception {
        ShimLauncher.NewPod made = start("\"ipc\"");
        made.pod().stop(WAIT);
        assertThat(made.netlink()).isEmpty();
        assertThat(bundle.resolve("n")).doesNotExist();
    }

    /** The launcher may be on its way out still. */
    private static void awaitOnlyOwner(String name) throws InterruptedException {
        long end = System.nanoTime() + WAIT.toNanos();
        List<Long> self = List.of(ProcessHandle.current().pid());
        while (!ownersOf(name).equals(self) && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        assertThat(ownersOf(name)).isEqualTo(self);
    }

    private static List<Long> ownersOf(String name) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> hasOpen(pid, name))
                .toList();
    }

    private static boolean hasOpen(long pid, String name) {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.anyMatch(each -> isLink(each, name));
        } catch (IOException e) {
            return false; // ended meanwhile
        }
    }

    private static boolean isLink(Path file, String name) {
        try {
            return Files.readSymbolicLink(file).toString().equals(name);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }
}
