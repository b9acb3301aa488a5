package carafe.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DefaultFileTest {
    @Test
    void theCommittedFileIsTheGeneratedOne() throws IOException {
        assertThat(Files.readString(Path.of("..", "dist", "config.toml")))
                .as("run: ./carafe config default > dist/config.toml")
                .isEqualTo(DefaultFile.text());
    }

    @Test
    void changesNothingAsItStands() {
        assertThat(overlay(DefaultFile.text())).isEqualTo(CarafeConfig.defaults());
    }

    @Test
    void everyKeyCanBeUncommented() {
        String active = DefaultFile.text().replaceAll("(?m)^#(\\w+ = )", "$1");
        assertThat(active).contains("\nmax_message = \"16MiB\"\n");
        assertThat(overlay(active)).isEqualTo(CarafeConfig.defaults());
    }

    private static CarafeConfig overlay(String text) {
        return ConfigFiles.overlayText(CarafeConfig.defaults(), text, "default");
    }
}
