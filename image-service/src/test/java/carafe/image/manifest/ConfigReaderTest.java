package carafe.image.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.image.ImageConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
    private static final String DIFF = "\"sha256:" + "0123456789abcdef".repeat(4) + "\"";
    private static final String ROOTFS =
            "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" + DIFF + "]}";

    private final ConfigReader reader = new ConfigReader();

    private ConfigDocument read(String text, int layers) {
        return reader.read(text.getBytes(StandardCharsets.UTF_8), layers);
    }

    @Test
    void readsEveryFieldThatSaysHowToRun() {
        String text =
                """
                {"architecture":"arm64","os":"linux","variant":"v8","created":"2026-01-01T00:00:00Z",
                 "config":{"User":"1000:50000","Env":["A=b","PATH=/bin"],"Entrypoint":["/e"],
                  "Cmd":["c","d"],"WorkingDir":"/w","Volumes":{"/v":{},"/u":{}},
                  "StopSignal":"SIGQUIT","Labels":{"k":"v"},"ExposedPorts":{"80/tcp":{}},
                  "Healthcheck":{"Test":["x"]},"Privileged":true},
                 "history":[{"created_by":"x"}],
                """
                        + ROOTFS
                        + "}";
        assertThat(read(text, 1).runtime())
                .isEqualTo(
                        new ImageConfig(
                                "1000:50000",
                                List.of("A=b", "PATH=/bin"),
                                List.of("/e"),
                                List.of("c", "d"),
                                "/w",
                                List.of("/v", "/u"),
                                "SIGQUIT",
                                Map.of("k", "v"),
                                "linux",
                                "arm64",
                                "v8"));
    }

    @Test
    void nullsAreAbsent() {
        String text =
                "{\"os\":null,\"config\":{\"Env\":null,\"Cmd\":null,\"Labels\":null,\"User\":null,"
                        + "\"Volumes\":null},"
                        + ROOTFS
                        + "}";
        assertThat(read(text, 1).runtime().env()).isEmpty();
        assertThat(read("{\"config\":null," + ROOTFS + "}", 1).runtime().user()).isEmpty();
        assertThat(read("{" + ROOTFS + "}", 1).diffIds()).hasSize(1);
    }

    @Test
    void theNumberOfDiffIdsMustBeThatOfTheLayers() {
        assertThatThrownBy(() -> read("{" + ROOTFS + "}", 2))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("1 diff_ids for 2 layers");
        assertThatThrownBy(() -> read("{" + ROOTFS + "}", 0))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"rootfs\":{}}",
                "{\"rootfs\":{\"type\":\"squashfs\",\"diff_ids\":[]}}",
                "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"../x\"]}}",
                "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[7]}}",
                "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":{}}}",
                "{\"Rootfs\":{\"type\":\"layers\"},\"rootfs\":{\"type\":\"layers\"}}",
                "{\"rootfs\":{\"type\":\"layers\",\"type\":\"layers\"}}",
                "{\"rootfs\":{\"type\":\"layers\"},\"config\":[]}",
                "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Env\":\"A=b\"}}",
                "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Env\":[1]}}",
                "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Labels\":{\"a\":1}}}",
                "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"User\":0}}"
            })
    void refusesWrongShapes(String text) {
        assertThatThrownBy(() -> read(text, 0)).isInstanceOf(CarafeException.Invalid.class);
    }
}
