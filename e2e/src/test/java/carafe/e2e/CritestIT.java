package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The conformance tests of the critest program, as far as Carafe has what they test; run by {@code
 * ./dev critest PATH}.
 */
@EnabledIfSystemProperty(
        named = "carafe.critest",
        matches = ".+",
        disabledReason = "critest runs by: ./dev critest PATH")
@Timeout(1800)
final class CritestIT {
    /** What is served today; grows with every feature. */
    private static final String FOCUS =
            String.join(
                    "|",
                    List.of(
                            "Runtime info",
                            "basic operations on",
                            "adding volume and device",
                            "runtime should support log",
                            "support set hostname",
                            "support DNS config",
                            "sysctls",
                            "Idempotence",
                            "Mount Readonly",
                            "Mount Propagation",
                            "OOM",
                            "NamespaceOption",
                            "Security Context bucket"));

    /**
     * What is not there yet (streaming, statistics, …), and specs whose images only the internet
     * has: httpd, nginx, nonewprivs, and one pinned by its digest.
     */
    private static final String SKIP =
            String.join(
                    "|",
                    List.of(
                            "stats",
                            "metrics",
                            "Streaming",
                            "SELinux",
                            "AppArmor",
                            "UserNamespaces",
                            "NRI",
                            "Image Volume",
                            "HostPID",
                            "PodPID",
                            "ContainerPID",
                            "HostNetwork",
                            "public image with digest"));

    @RegisterExtension static final Node node = new Node(CniIT::configure);

    @Test
    void passes() throws IOException, InterruptedException {
        Path images = node.instance().scratch().resolve("images.yaml");
        Files.writeString(
                images,
                "defaultTestContainerImage: %1$s%nwebServerTestImage: %1$s%n"
                        .formatted(node.images().tools()));
        String endpoint = "unix://" + node.instance().socket();
        Path out = Path.of("target", "critest.out").toAbsolutePath();
        Process critest =
                new ProcessBuilder(
                                System.getProperty("carafe.critest", ""),
                                "--config",
                                "/dev/null",
                                "--runtime-endpoint",
                                endpoint,
                                "--image-endpoint",
                                endpoint,
                                "--test-images-file",
                                images.toString(),
                                "--ginkgo.no-color",
                                "--ginkgo.focus",
                                System.getProperty("carafe.critest.focus", FOCUS),
                                "--ginkgo.skip",
                                SKIP)
                        .directory(node.instance().scratch().toFile())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .redirectOutput(out.toFile())
                        .start();
        boolean ended = critest.waitFor(25, TimeUnit.MINUTES);
        critest.destroyForcibly();
        List<String> lines = Files.readAllLines(out);

        assertThat(ended).isTrue();
        assertThat(critest.exitValue())
                .as(
                        "%s; whole output in %s",
                        String.join(
                                "\n", lines.subList(Math.max(0, lines.size() - 60), lines.size())),
                        out)
                .isZero();
    }
}
