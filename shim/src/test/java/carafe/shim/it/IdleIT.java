package carafe.shim.it;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.wire.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdleIT {
    /** Sleeping without a timer: any wake-up at all would be one too many. */
    private static final Duration WATCHED = Duration.ofSeconds(5);

    private static final long MAX_PSS_KIB = 600;

    private TestFiles files;
    private final List<ShimBundle> bundles = new ArrayList<>();

    @BeforeEach
    void makeFiles() throws IOException {
        files = TestFiles.make();
    }

    @AfterEach
    void deleteFiles() throws IOException {
        for (ShimBundle bundle : bundles) {
            bundle.close();
        }
        files.close();
    }

    private ShimBundle newBundle() throws IOException {
        ShimBundle bundle = ShimBundle.in(files);
        bundles.add(bundle);
        return bundle;
    }

    @Test
    void aShimWithNothingToDoDoesNothing() throws IOException {
        ShimBundle created = newBundle();
        created.created("/bin/sleep", "1000");
        ShimBundle running = newBundle();
        running.started("/bin/sleep", "1000");
        ShimBundle silent = newBundle();
        silent.runningScript("exec sleep 1000 >/dev/null 2>&1");
        ShimBundle terminal = newBundle().withTerminal();
        terminal.started("/bin/sleep", "1000");
        ShimBundle used = newBundle();
        used.runningScript("seq 1 10000; exec sleep 1000");
        used.run(ExecOptions.plain(), "/bin/echo", "hi");
        try (ShimClient watcher = running.connect()) {
            watcher.send(new Request.Watch());
            watcher.receive();
            // After a burst the pump wakes once, a second later, to give memory back.
            Machine.pause(Duration.ofMillis(2500));

            List<Long> before = activity();
            Machine.pause(WATCHED);

            assertThat(activity()).isEqualTo(before);
        }
    }

    private List<Long> activity() throws IOException {
        List<Long> all = new ArrayList<>();
        for (ShimBundle bundle : bundles) {
            for (long pid : List.of(bundle.controlPid(), bundle.pumpPid())) {
                all.add(Machine.cpuTicks(pid));
                all.add(Machine.contextSwitches(pid));
            }
        }
        return all;
    }

    @Test
    void aContainerCostsLittleMemory() throws IOException {
        int count = 20;
        for (int i = 0; i < count; i++) {
            newBundle().started("/bin/sleep", "1000");
        }
        long sum = 0;
        for (ShimBundle bundle : bundles) {
            sum += Machine.pssKiB(bundle.controlPid()) + Machine.pssKiB(bundle.pumpPid());
        }
        assertThat(sum / count).as("KiB of a shim").isLessThan(MAX_PSS_KIB);
    }
}
