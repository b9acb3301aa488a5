package carafe.config;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.testkit.fuzz.Fuzz;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** F08: the daemon's configuration. */
class ConfigFuzzTest {
    @Test
    void configuration() {
        new Fuzz("config", ConfigFuzzTest::read)
                .seed(DefaultFile.text().replaceAll("(?m)^#(\\w+ = )", "$1"))
                .seed("log.level = \"debug\"\n[streaming]\nidle = \"1h\"\n")
                .seed("[runtime.handlers.runc]\nprogram = \"/usr/sbin/runc\"\n")
                .words("[grpc]\n", "\"16MiB\"", "\"10s\"", "\"[::1]:0\"", "\"\"\"", "[[", "1e999")
                .words("99999999999999999999", "\"9223372036854775807GiB\"", "\\u0000", "0x", "inf")
                .run();
    }

    private static Object read(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            CarafeConfig config =
                    ConfigFiles.overlayText(CarafeConfig.defaults(), text, "fuzz.toml");
            assertThat(config.streaming().address().getAddress().isLoopbackAddress()).isTrue();
            return config.equals(CarafeConfig.defaults());
        } catch (CarafeException.Invalid e) {
            assertThat(e).hasMessageContaining("fuzz.toml");
            return String.valueOf(e.getMessage()).replaceAll("[0-9]+|\".*", "");
        }
    }
}
