package carafe.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.config.CarafeConfig;
import carafe.testkit.systemd.ScriptedSystemd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupDriverCheckTest {
    @TempDir private Path dir;

    @Test
    void theDriverThatIsChosenMustWork() throws IOException {
        assertThat(driver("", "cgroupfs")).isEqualTo(Finding.Mark.OK);
        Files.createDirectories(dir.resolve("booted"));
        assertThat(driver("", "cgroupfs")).isEqualTo(Finding.Mark.WARN);
        assertThat(driver("none", "systemd")).isEqualTo(Finding.Mark.FAIL);
        Path bus = dir.resolve("bus");
        try (ScriptedSystemd systemd = new ScriptedSystemd(bus, ScriptedSystemd.World.NOWHERE)) {
            assertThat(driver("bus", "systemd")).isEqualTo(Finding.Mark.OK);
            systemd.fail("Get", new ScriptedSystemd.Fault.HangUp());
            assertThat(driver("bus", "systemd")).isEqualTo(Finding.Mark.FAIL);
        }
    }

    private Finding.Mark driver(String bus, String driver) {
        CarafeConfig.Cgroup config =
                new CarafeConfig.Cgroup(
                        driver.equals("systemd")
                                ? CarafeConfig.CgroupDriver.SYSTEMD
                                : CarafeConfig.CgroupDriver.CGROUPFS,
                        "/s",
                        "/p",
                        dir.resolve(bus),
                        0);
        return new CgroupDriverCheck(config, dir.resolve("booted"), Duration.ofSeconds(20))
                .run()
                .getFirst()
                .mark();
    }
}
