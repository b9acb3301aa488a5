package carafe.shim.control;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.record.Facts;
import carafe.shim.sys.RealKernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OomCounterTest {
    @TempDir private Path cgroup;

    private OomCounter counter(int version) {
        return OomCounter.of(
                RealKernel.syscalls(),
                new Facts(
                        false,
                        false,
                        false,
                        100,
                        "",
                        "",
                        "",
                        "",
                        cgroup.toString(),
                        version,
                        false,
                        false,
                        ""));
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(cgroup.resolve(file), text);
    }

    @Test
    void versionOneCountsKillsOnly() throws IOException {
        write("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
        OomCounter counter = counter(1);
        write("memory.oom_control", "oom_kill_disable 0\nunder_oom 1\noom_kill 3\n");
        assertThat(counter.grown()).isZero();

        write("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n");

        assertThat(counter.grown()).isEqualTo(1);
    }

    @Test
    void versionTwoCountsKillsOnly() throws IOException {
        write("memory.events", "low 0\nhigh 5\nmax 9\noom 2\noom_kill 0\noom_group_kill 0\n");
        OomCounter counter = counter(2);
        write("memory.events", "low 0\nhigh 5\nmax 99\noom 3\noom_kill 0\noom_group_kill 7\n");
        assertThat(counter.grown()).isZero();

        write("memory.events", "low 0\nhigh 5\nmax 99\noom 3\noom_kill 1\noom_group_kill 7\n");

        assertThat(counter.grown()).isEqualTo(1);
    }

    @Test
    void withoutACounterNothingGrows() throws IOException {
        assertThat(counter(2).grown()).isZero();
        write("memory.events", "oom_kill");
        assertThat(counter(2).grown()).isZero();
        assertThat(
                        OomCounter.of(
                                        RealKernel.syscalls(),
                                        new Facts(
                                                false, false, false, 100, "", "", "", "", "", 2,
                                                false, false, ""))
                                .grown())
                .isZero();
    }
}
