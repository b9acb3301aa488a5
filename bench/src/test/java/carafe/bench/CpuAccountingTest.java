package carafe.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CPU time and memory as the kernel writes them. */
final class CpuAccountingTest {
    @TempDir Path dir;

    @Test
    void version1CountsNanoseconds() throws IOException {
        Files.writeString(dir.resolve("cpuacct.usage"), "1500000000\n");

        assertThat(new CgroupCpu(dir).seconds()).isEqualTo(1.5);
    }

    @Test
    void version2CountsMicrosecondsOnALineOfItsOwn() throws IOException {
        Files.writeString(
                dir.resolve("cpu.stat"),
                "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\nnr_periods 0\n");

        assertThat(new CgroupCpu(dir).seconds()).isEqualTo(2.5);
    }

    @Test
    void aFileWithoutItsLineIsNotZero() {
        assertThatThrownBy(() -> CgroupCpu.version2("user_usec 1\n"))
                .hasMessageContaining("usage_usec");
    }

    @Test
    void aCgroupThatIsNotThereHasUsedNothing() throws IOException {
        CgroupCpu missing = new CgroupCpu(dir.resolve("none"));

        assertThat(missing.seconds()).isZero();
        assertThat(missing.processes()).isEmpty();
    }

    @Test
    void containersAndRuntimeAddUp() {
        assertThat(new CpuUse(1.25, 0.5).total()).isEqualTo(1.75);
    }

    @Test
    void memoryIsToldApart() {
        Memory memory =
                Memory.parse(
                        """
                        00400000-7ffd000 ---p 00000000 00:00 0    [rollup]
                        Rss:                4096 kB
                        Pss:                2048 kB
                        Pss_Dirty:           512 kB
                        Private_Clean:       256 kB
                        Private_Dirty:       768 kB
                        """);

        assertThat(memory).isEqualTo(new Memory(2, 1, 4));
    }
}
