package carafe.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import carafe.base.CarafeException;
import carafe.config.CarafeConfig;
import carafe.linux.cgroup.CgroupLayout;
import carafe.linux.cgroup.Controller;
import carafe.testkit.systemd.ScriptedSystemd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChecksTest {
    @TempDir private Path dir;

    @ParameterizedTest
    @CsvSource({"6.1.0-18-amd64,OK", "5.14.0,OK", "5.13.9,FAIL", "4.19.0,FAIL", "nonsense,FAIL"})
    void theKernelIsJudgedByItsRelease(String release, Finding.Mark mark) throws IOException {
        proc("proc/sys/kernel/osrelease", release + "\n");
        assertThat(new KernelCheck(new ProcFiles(dir)).run().getFirst().mark()).isEqualTo(mark);
    }

    @Test
    void overlayIsLookedUpAmongFileSystems() throws IOException {
        assertThat(new KernelCheck(new ProcFiles(dir)).run().getLast().fix())
                .isEqualTo("modprobe overlay");
        proc("proc/filesystems", "nodev\tsysfs\nnodev\toverlay\n\text4\n");
        assertThat(new KernelCheck(new ProcFiles(dir)).run().getLast().mark())
                .isEqualTo(Finding.Mark.OK);
    }

    @Test
    void missingCapabilitiesAreNamed() throws IOException {
        proc("proc/self/status", "Name:\tx\nCapEff:\t000001ffffdfffff\n");
        assertThat(new CapabilityCheck(new ProcFiles(dir)).run())
                .filteredOn(f -> f.mark() == Finding.Mark.FAIL)
                .singleElement()
                .satisfies(f -> assertThat(f.found()).isEqualTo("missing: CAP_SYS_ADMIN"));
        proc("proc/self/status", "CapEff:\t000001fffeffffff\n");
        assertThat(new CapabilityCheck(new ProcFiles(dir)).run())
                .extracting(Finding::topic, Finding::mark)
                .containsExactly(
                        tuple("capabilities", Finding.Mark.OK),
                        tuple("CAP_SYS_RESOURCE", Finding.Mark.WARN));
    }

    @Test
    void withoutCapabilitiesNothingRuns() {
        assertThat(new CapabilityCheck(new ProcFiles(dir)).run().getFirst().mark())
                .isEqualTo(Finding.Mark.FAIL);
    }

    @Test
    void controllersThatAreMissingAreNamed() {
        CgroupLayout layout =
                new CgroupLayout(
                        Map.of(Controller.MEMORY, Path.of("/sys/fs/cgroup/memory")),
                        Optional.of(Path.of("/sys/fs/cgroup/unified")),
                        Set.of(Controller.PIDS));
        assertThat(new CgroupCheck(() -> layout).run())
                .extracting(Finding::mark, Finding::found)
                .containsExactly(
                        tuple(
                                Finding.Mark.OK,
                                "1, beside a tree of version 2 that ends containers at once"),
                        tuple(Finding.Mark.WARN, "no controller for cpu"));
    }

    @Test
    void aMachineWithoutCgroupsFails() {
        CgroupCheck check =
                new CgroupCheck(() -> {
                    throw new CarafeException.Precondition("no cgroup file system");
                });
        assertThat(check.run())
                .singleElement()
                .satisfies(f -> assertThat(f.mark()).isEqualTo(Finding.Mark.FAIL));
    }

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

    @Test
    void theFirstCniConfigurationCounts() throws IOException {
        Path conf = Files.createDirectory(dir.resolve("net.d"));
        Path bin = Files.createDirectory(dir.resolve("bin"));
        CniCheck check = new CniCheck(new CarafeConfig.Cni(conf, List.of(bin)));
        assertThat(check.run())
                .singleElement()
                .satisfies(f -> assertThat(f.found()).isEqualTo("none in " + conf));

        Files.writeString(conf.resolve("20-b.conf"), "{}");
        Files.writeString(conf.resolve("10-a.conflist"), "{}");
        Files.writeString(conf.resolve("00-readme.txt"), "");
        assertThat(check.run())
                .extracting(Finding::mark, Finding::found)
                .containsExactly(
                        tuple(Finding.Mark.OK, conf.resolve("10-a.conflist") + " (first of 2)"),
                        tuple(Finding.Mark.FAIL, "none in [" + bin + "]"));

        Files.writeString(bin.resolve("bridge"), "");
        assertThat(check.run().getLast().found()).isEqualTo("1 in " + bin);
    }

    @Test
    void registriesAreListedAndPlainOnesWarnedOf() throws IOException {
        Path certs = dir.resolve("certs.d");
        assertThat(registries(certs, List.of()).getFirst().found()).contains("is missing");
        Files.createDirectories(certs.resolve("docker.io"));
        Files.createDirectories(certs.resolve("a.example"));
        assertThat(registries(certs, List.of("10.0.0.5:5000")))
                .extracting(Finding::mark, Finding::found)
                .containsExactly(
                        tuple(Finding.Mark.OK, "a.example, docker.io in " + certs),
                        tuple(Finding.Mark.WARN, "10.0.0.5:5000"));
    }

    @Test
    void toolsAreLookedUpInTheGivenDirectories() throws IOException {
        assertThat(new ToolCheck(List.of(dir)).run()).allMatch(f -> f.mark() == Finding.Mark.WARN);
        Path crictl = Files.writeString(dir.resolve("crictl"), "");
        assertThat(crictl.toFile().setExecutable(true)).isTrue();
        assertThat(new ToolCheck(List.of(dir)).run().getFirst().found())
                .isEqualTo(crictl.toString());
    }

    @Test
    void aDirectoryThatDoesNotExistYetIsJudgedByItsParent() {
        CarafeConfig.Storage storage =
                new CarafeConfig.Storage(dir.resolve("a/b"), dir.resolve("c/d"));
        assertThat(new DiskCheck(storage).run())
                .hasSize(2)
                .allSatisfy(f -> assertThat(f.found()).startsWith(dir.toString()));
    }

    private static List<Finding> registries(Path certs, List<String> plain) {
        return new RegistryCheck(new CarafeConfig.Images(certs, plain, 0, List.of())).run();
    }

    private void proc(String path, String text) throws IOException {
        Path file = dir.resolve(path);
        Path parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(file, text);
    }
}
