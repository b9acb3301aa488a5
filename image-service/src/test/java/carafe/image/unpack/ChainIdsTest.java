package carafe.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ChainIdsTest {
    private static final String A = "sha256:" + "a".repeat(64);
    private static final String B = "sha256:" + "b".repeat(64);

    @Test
    void chainsEachLayerToAllBelow() {
        String ab = Layers.digest((A + " " + B).getBytes(StandardCharsets.US_ASCII));
        String aba = Layers.digest((ab + " " + A).getBytes(StandardCharsets.US_ASCII));

        assertThat(ChainIds.of(List.of(A, B, A))).containsExactly(A, ab, aba);
    }

    @Test
    void refusesOtherDigests() {
        for (String bad :
                List.of(
                        "",
                        "sha256:",
                        A + "0",
                        A.toUpperCase(Locale.ROOT),
                        "sha512:" + "a".repeat(128))) {
            assertThatThrownBy(() -> ChainIds.of(List.of(bad)))
                    .isInstanceOf(CarafeException.Invalid.class);
        }
    }
}
