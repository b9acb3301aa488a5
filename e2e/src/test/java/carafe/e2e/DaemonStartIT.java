package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.testkit.daemon.DaemonUnderTest;
import carafe.testkit.daemon.Instance;
import carafe.testkit.daemon.Sweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Starts that must fail in one clear line, and what a good start makes. */
@Timeout(90)
final class DaemonStartIT {
    private Instance instance = new Instance("none", Path.of("/nonexistent"));

    @BeforeEach
    void makeInstance() throws IOException {
        instance = Instance.create();
    }

    @AfterEach
    void takeAway() throws IOException, InterruptedException {
        new Sweep(instance).run();
    }

    @Test
    void anUnknownKeyIsNamedWithFileAndLine() throws IOException, InterruptedException {
        Path file = config("[grpc]\nsockett = \"/tmp/x\"\n");

        assertThat(failedStart(file)).contains(file + ":2").contains("sockett");
    }

    @Test
    void aWrongValueIsNamedWithFileAndLine() throws IOException, InterruptedException {
        Path file = config("[log]\n\nlevel = \"loud\"\n");

        assertThat(failedStart(file)).contains(file + ":3").contains("loud");
    }

    @Test
    void aFileThatIsNotTomlIsNamed() throws IOException, InterruptedException {
        Path file = config("this is = = not toml\n");

        assertThat(failedStart(file)).contains(file.toString());
    }

    @Test
    void aConfigurationThatCannotBeReadIsNamed() throws IOException, InterruptedException {
        Path directory = Files.createDirectories(instance.dir().resolve("config.toml"));

        assertThat(failedStart(directory)).contains(directory.toString());
        assertThat(failedStart(instance.dir().resolve("missing.toml"))).contains("missing.toml");
    }

    @Test
    void aSecondDaemonOnTheSameRootNamesTheFirst() throws IOException, InterruptedException {
        try (DaemonUnderTest first = new DaemonUnderTest(instance, List.of())) {
            first.start();
            long pid = first.pid();
            try (DaemonUnderTest second = new DaemonUnderTest(instance, List.of())) {
                Process process = second.spawn();

                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isNotZero();
            }
            assertThat(first.log()).contains(Long.toString(pid));
            assertThat(first.isAlive()).isTrue();
        }
    }

    @Test
    void nobodyElseCanReadWhatAStartMakes() throws IOException, InterruptedException {
        try (DaemonUnderTest daemon = new DaemonUnderTest(instance, List.of())) {
            daemon.start();

            assertThat(mode(instance.root())).isEqualTo("rwx------");
            assertThat(mode(instance.state())).isEqualTo("rwx--x--x");
            assertThat(mode(instance.socket())).isEqualTo("rw-rw----");
            assertThat(daemon.stop()).isZero();
            assertThat(instance.socket()).doesNotExist();
        }
    }

    private Path config(String text) throws IOException {
        return Files.writeString(instance.dir().resolve("carafe.toml"), text);
    }

    /** What the daemon says when it refuses to start. */
    private String failedStart(Path config) throws IOException, InterruptedException {
        try (DaemonUnderTest daemon =
                new DaemonUnderTest(instance, List.of("--config", config.toString()))) {
            Process process = daemon.spawn();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ends").isTrue();
            assertThat(process.exitValue()).as("exit code").isNotZero();
            assertThat(daemon.log()).as("no stack trace").doesNotContain("\tat ");
            return daemon.log();
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    }
}
