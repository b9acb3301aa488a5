package carafe.image.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DigestTest {
    private static final String HEX = "0123456789abcdef".repeat(4);

    @Test
    void readsBothAlgorithmsAndPrintsThemUnchanged() {
        for (String text : new String[] {"sha256:" + HEX, "sha512:" + HEX + HEX}) {
            assertThat(Digest.parse(text)).hasToString(text);
        }
    }

    static Stream<String> malformed() {
        return Stream.of(
                "",
                "sha256",
                "sha256:",
                "sha256:" + HEX.substring(1),
                "sha256:" + HEX + "0",
                "sha256:" + HEX.toUpperCase(java.util.Locale.ROOT),
                "SHA256:" + HEX,
                "sha512:" + HEX,
                "sha256:" + HEX + HEX,
                "md5:0123456789abcdef0123456789abcdef",
                "sha384:" + HEX + HEX.substring(32),
                "sha256:../../../../../../../../../../../../../../../../../../../etc/passwd",
                "sha256:" + HEX.substring(2) + "..",
                "sha256:" + HEX.substring(1) + "/",
                "sha256:" + HEX.substring(1) + "\n",
                "sha256:" + HEX.substring(1) + "\0",
                " sha256:" + HEX,
                "sha256:" + HEX + " ",
                "sha256::" + HEX.substring(1),
                "sha256:" + HEX.substring(1) + "０",
                "sha256+b64:" + HEX,
                "sha256:" + HEX.substring(3) + "%2f");
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void refusesWhatIsNotExactlyADigest(String text) {
        assertThatThrownBy(() -> Digest.parse(text)).isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void matchesOnlyItsContent() {
        byte[] content = "abc".getBytes(StandardCharsets.UTF_8);
        Digest digest =
                Digest.parse(
                        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(Digest.of(content)).isEqualTo(digest);
        assertThat(digest.matches(content)).isTrue();
        assertThat(digest.matches(new byte[] {1})).isFalse();
    }
}
