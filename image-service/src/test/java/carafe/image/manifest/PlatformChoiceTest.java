package carafe.image.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.ImageConfig;
import carafe.image.reference.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformChoiceTest {
    private static ImageIndex index(String... platforms) {
        return new ImageIndex(Arrays.stream(platforms).map(PlatformChoiceTest::entry).toList());
    }

    private static Descriptor entry(String text) {
        Digest digest = Digest.of(text.getBytes(StandardCharsets.UTF_8));
        Platform platform = text.equals("none") ? null : platform(text);
        return new Descriptor(MediaTypes.OCI_MANIFEST, digest, 1, platform, Map.of("text", text));
    }

    private static Platform platform(String text) {
        String[] parts = text.split("/", -1);
        return new Platform(parts[0], parts[1], parts.length > 2 ? parts[2] : "");
    }

    @ParameterizedTest
    @CsvSource({
        "linux/amd64, linux/arm64 linux/amd64, linux/amd64",
        "linux/amd64, windows/amd64 linux/amd64/v1, linux/amd64/v1",
        "linux/amd64, linux/amd64/v3 linux/amd64, linux/amd64",
        "linux/amd64/v3, linux/amd64 linux/amd64/v2 linux/amd64/v4, linux/amd64/v2",
        "linux/arm64, linux/arm/v7 linux/arm64/v8, linux/arm64/v8",
        "linux/aarch64, linux/arm64, linux/arm64",
        "linux/arm/v7, linux/arm/v5 linux/arm/v6 linux/arm64, linux/arm/v6",
        "linux/arm, linux/arm/v7, linux/arm/v7",
        "linux/arm/v6, linux/arm/v7 linux/arm/v5, linux/arm/v5",
        "linux/x86_64, unknown/unknown linux/amd64, linux/amd64",
        "linux/amd64, none linux/amd64, linux/amd64",
        "linux/amd64, linux/arm64 none, none",
        "linux/s390x, linux/s390x, linux/s390x"
    })
    void takesTheBestThatRuns(String wanted, String offered, String chosen) {
        Descriptor entry =
                new PlatformChoice(platform(wanted)).choose(index(offered.split(" ", -1)));
        assertThat(entry.annotations()).containsEntry("text", chosen);
    }

    @Test
    void namesWhatThereIsWhenNothingFits() {
        PlatformChoice choice = new PlatformChoice(platform("linux/amd64"));
        assertThatThrownBy(() -> choice.choose(index("linux/arm64", "linux/arm/v6")))
                .isInstanceOf(CarafeException.NotFound.class)
                .hasMessageContaining("linux/amd64")
                .hasMessageContaining("linux/arm64, linux/arm/v6");
    }

    @Test
    void refusesAConfigurationForAnotherMachine() {
        PlatformChoice choice = new PlatformChoice(platform("linux/amd64"));
        choice.check(config("linux", "amd64"));
        choice.check(config("", ""));
        assertThatThrownBy(() -> choice.check(config("linux", "arm64")))
                .isInstanceOf(CarafeException.NotFound.class)
                .hasMessageContaining("linux/arm64");
        assertThatThrownBy(() -> choice.check(config("windows", "amd64")))
                .isInstanceOf(CarafeException.NotFound.class);
    }

    private static ConfigDocument config(String os, String architecture) {
        return new ConfigDocument(
                new ImageConfig(
                        "",
                        List.of(),
                        List.of(),
                        List.of(),
                        "",
                        List.of(),
                        "",
                        Map.of(),
                        os,
                        architecture,
                        ""),
                List.of());
    }
}
