package carafe.image.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import org.junit.jupiter.api.Test;

class ImageQueryTest {
    private static final String HEX = "0123456789abcdef".repeat(4);

    @Test
    void wholeIdsAreNothingElse() {
        Digest id = Digest.parse("sha256:" + HEX);
        assertThat(ImageQuery.parse("sha256:" + HEX)).isEqualTo(new ImageQuery(id, null, null));
        assertThat(ImageQuery.parse(HEX)).isEqualTo(new ImageQuery(id, null, null));
    }

    @Test
    void shortHexMayBeANameOrAnId() {
        ImageQuery query = ImageQuery.parse("cafe");
        assertThat(query.idPrefix()).isEqualTo("cafe");
        assertThat(query.reference()).hasToString("docker.io/library/cafe:latest");
        assertThat(ImageQuery.parse("sha256:cafe").idPrefix()).isEqualTo("cafe");
    }

    @Test
    void namesAreNames() {
        ImageQuery query = ImageQuery.parse("busybox:1");
        assertThat(query.idPrefix()).isNull();
        assertThat(query.reference()).hasToString("docker.io/library/busybox:1");
    }

    @Test
    void refusesWhatCanMeanNothing() {
        for (String text :
                new String[] {"", "sha256:", "sha256:XYZ", "sha256:" + HEX + "0", "A b"}) {
            assertThatThrownBy(() -> ImageQuery.parse(text))
                    .isInstanceOf(CarafeException.Invalid.class);
        }
    }
}
