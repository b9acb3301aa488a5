package carafe.demo.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class DemoImageTest {
    @Test
    void theSameProgramGivesTheSameBytes() {
        byte[] program = "program".getBytes(StandardCharsets.US_ASCII);

        byte[] archive = new DemoImage().archive(program, "amd64");

        assertThat(archive).isEqualTo(new DemoImage().archive(program, "amd64"));
        assertThat(new String(archive, StandardCharsets.ISO_8859_1))
                .contains("oci-layout", "index.json", DemoImage.NAME);
    }
}
