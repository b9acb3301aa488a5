package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.Image;
import carafe.proto.cri.ListImagesRequest;
import carafe.testkit.daemon.Instance;
import carafe.testkit.debian.ConformanceImages;
import carafe.testkit.debian.DockerRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * All conformance tests of the critest program but those that {@link CritestSkips} lists, with
 * look-alikes of their images behind mirrors and the reference network plugins; run by {@code ./dev
 * critest PATH}.
 */
@EnabledIfSystemProperty(
        named = "carafe.critest",
        matches = ".+",
        disabledReason = "critest runs by: ./dev critest PATH")
@Timeout(3600)
final class CritestIT {
    private static final int MINUTES = 55;

    @RegisterExtension static final Node node = new Node(CritestIT::configure);

    /**
     * A network with host ports, by plugins or, when {@code CARAFE_CRITEST_NETWORK} is {@code
     * bridge}, Carafe's own; and the images' registries mirrored by the run's own one.
     */
    private static List<String> configure(Instance instance, Images images)
            throws IOException, InterruptedException {
        ConformanceImages.push(images.directory(), images.registry(), images.scratch());
        Path certs = instance.dir().resolve("certs.d");
        for (String each : ConformanceImages.REGISTRIES) {
            mirror(certs, each, images.registry());
        }
        Path config = instance.dir().resolve("config.toml");
        Files.writeString(
                config,
                """
                [images]
                certs_dir = "%s"
                [runtime.handlers.runc]
                program = "%s"
                """
                        .formatted(certs, RuntimeHandlers.RUNC_PROGRAM));
        List<String> flags = new ArrayList<>(List.of("--config", config.toString()));
        if ("bridge".equals(System.getenv("CARAFE_CRITEST_NETWORK"))) {
            Files.writeString(config, BridgeIT.CONFIGURATION, StandardOpenOption.APPEND);
            flags.addAll(List.of("--network-mode", "auto"));
        } else {
            flags.addAll(CniIT.configureWithHostPorts(instance));
        }
        return flags;
    }

    /** Nothing is asked of the real registry: where there is no internet that would take long. */
    private static void mirror(Path certs, String host, DockerRegistry registry)
            throws IOException {
        Path dir = Files.createDirectories(certs.resolve(host));
        Files.writeString(
                dir.resolve("hosts.toml"),
                """
                server = "http://%1$s"
                [host."http://%1$s"]
                  capabilities = ["pull", "resolve"]
                """
                        .formatted(registry.address()));
    }

    @Test
    void passes() throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("--ginkgo.skip", CritestSkips.pattern()));
        String more = System.getenv("CARAFE_CRITEST_ARGS");
        if (more != null && !more.isBlank()) {
            arguments.addAll(List.of(more.strip().split("\n")));
        }

        Critest.Result result;
        try {
            result =
                    Critest.run(node, System.getProperty("carafe.critest", ""), arguments, MINUTES);
        } finally {
            removePulled();
        }

        System.out.println(result.summary());
        assertThat(result.failed()).as(result.summary()).isEmpty();
        assertThat(result.code()).as(result.summary()).isZero();
        assertThat(result.passed()).isPositive();
        assertThat(result.refused())
                .as("skipped without a reason in docs")
                .allMatch(CritestSkips::isKnown);
    }

    /** critest leaves some of its images, which the census would count. */
    private static void removePulled() {
        node.kubelet().removeEverything();
        for (Image image :
                node.client()
                        .images()
                        .listImages(ListImagesRequest.getDefaultInstance())
                        .getImagesList()) {
            if (!image.getRepoTagsList().contains(node.images().tools())) {
                node.kubelet().removeImage(image.getId());
            }
        }
    }
}
