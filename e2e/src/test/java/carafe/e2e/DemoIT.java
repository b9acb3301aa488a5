package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.testkit.census.Census;
import carafe.testkit.daemon.Checkout;
import carafe.testkit.daemon.Instance;
import carafe.testkit.daemon.Sweep;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The launcher as a user starts it. What it would build is built, so it is told not to. */
@Timeout(120)
final class DemoIT {
    private static final Duration READY = Duration.ofSeconds(30);

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
    void theDemoPodRunsAndCtrlCLeavesNothing() throws IOException, InterruptedException {
        Census before = Census.take(instance.scope());
        Path out = instance.dir().resolve("demo.out");
        Process demo =
                carafe(
                        out,
                        "serve",
                        "--demo",
                        "--root",
                        instance.root().toString(),
                        "--state",
                        instance.state().toString(),
                        "--metrics-address",
                        "127.0.0.1:0",
                        "--network-bridge",
                        instance.bridge(),
                        "--cni-conf-dir",
                        instance.cniConf().toString(),
                        "--shims-cgroup",
                        instance.shimsCgroup(),
                        "--pods-cgroup",
                        instance.podsCgroup());
        try {
            String said = awaitText(demo, out, "crictl");

            assertThat(said)
                    .contains(instance.socket().toString())
                    .contains("/metrics")
                    .containsIgnoringCase("running");
            // What Ctrl-C sends.
            new ProcessBuilder("kill", "-INT", Long.toString(demo.pid())).start().waitFor();
            assertThat(demo.waitFor(30, TimeUnit.SECONDS)).as("ends after Ctrl-C").isTrue();
        } finally {
            demo.destroyForcibly().waitFor();
        }

        assertThat(Census.leftOver(instance.scope(), before, Duration.ofSeconds(5)))
                .as("left by the demo, its own directories apart")
                .allMatch(line -> line.startsWith("file "))
                .noneMatch(line -> line.contains("/pods/") || line.contains("/containers/"));
    }

    @Test
    void versionDoctorAndDefaultConfigurationAnswer() throws IOException, InterruptedException {
        assertThat(run("version")).contains("v1");
        assertThat(run("doctor")).contains("cgroup").contains("overlay");
        String defaults = run("config", "default");
        Path file = Files.writeString(instance.dir().resolve("config.toml"), defaults);

        assertThat(defaults).contains("[storage]");
        run("config", "check", file.toString());
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        Path out = instance.dir().resolve("command.out");
        Process process = carafe(out, arguments);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends").isTrue();
        String said = text(out);
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    private Process carafe(Path out, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Checkout.find().resolve("carafe").toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(instance.dir().toFile())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .redirectOutput(out.toFile());
        builder.environment().put("CARAFE_BUILD", "never");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    private static String awaitText(Process process, Path file, String text)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + READY.toNanos();
        while (!text(file).contains(text)) {
            assertThat(process.isAlive()).as(text(file)).isTrue();
            assertThat(System.nanoTime()).as(text(file)).isLessThan(end);
            Thread.sleep(50);
        }
        // The rest of the page follows at once.
        Thread.sleep(500);
        return text(file);
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
