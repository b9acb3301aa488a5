package carafe.image.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.Image;
import carafe.image.Verification;
import carafe.testkit.image.TestImage;
import carafe.testkit.image.TestLayer;
import carafe.testkit.registry.ScriptedRegistry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage on the disk is found, told by name, and repaired by removing and pulling. */
class VerifyIT {
    @TempDir private Path root;
    private ScriptedRegistry registry;
    private LocalImages images;
    private final TestLayer base = TestImages.layer(1, 200_000);
    private final TestLayer top = TestImages.layer(2, 50_000);
    private String reference;
    private Image image;

    @BeforeEach
    void pull() throws IOException {
        registry = ScriptedRegistry.start();
        reference = registry.push("app", "1", TestImage.oci("{}", base, top));
        images = TestImages.open(root);
        image = images.pull(TestImages.request(reference));
    }

    @AfterEach
    void stop() throws IOException {
        images.close();
        registry.close();
    }

    private List<Path> files(String name) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> path.endsWith(name)).toList();
        }
    }

    private static void flip(Path file) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(10);
            int before = open.read();
            open.seek(10);
            open.write(before ^ 1);
        }
    }

    private void expectRepair() {
        images.remove(reference);
        image = images.pull(TestImages.request(reference));
        assertThat(images.verify(Optional.of(reference)).damages()).isEmpty();
        assertThat(images.verify(Optional.empty()).unproven()).isEmpty();
    }

    @Test
    void aWholeImageIsReadToTheLastByte() {
        Verification found = images.verify(Optional.empty());

        assertThat(found.damages()).isEmpty();
        assertThat(found.unproven()).isEmpty();
        assertThat(found.images()).isEqualTo(1);
        assertThat(found.layers()).isEqualTo(2);
        assertThat(found.files()).isEqualTo(4);
        assertThat(found.bytes()).isEqualTo(250_000);
        assertThatThrownBy(() -> images.verify(Optional.of("other:1")))
                .isInstanceOf(CarafeException.NotFound.class);
    }

    @Test
    void aFlippedByteInAFile() throws Exception {
        flip(files("layer-1/noise").getFirst());

        List<Verification.Damage> damages = images.verify(Optional.of(image.id())).damages();

        assertThat(damages).hasSize(1);
        assertThat(damages.getFirst().path()).isEqualTo("/layer-1/noise");
        assertThat(damages.getFirst().subject()).isEqualTo(image.chainIds().getFirst());
        expectRepair();
    }

    @Test
    void aFlippedByteInTheConfiguration() throws Exception {
        flip(files(image.id().substring("sha256:".length())).getFirst());

        List<Verification.Damage> damages = images.verify(Optional.empty()).damages();

        assertThat(damages).hasSize(1);
        assertThat(damages.getFirst().subject()).isEqualTo(image.id());
        expectRepair();
    }

    @Test
    void aLayerThatSomebodyDeleted() throws Exception {
        Path layer = files("layer-2/noise").getFirst().resolve("../../..").normalize();
        TestImages.deleteTree(layer);

        assertThat(images.verify(Optional.empty()).damages()).isNotEmpty();
        expectRepair();
    }
}
