package carafe.image.reference;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.CarafeException;
import carafe.testkit.fuzz.Fuzz;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** F04, F05: image references and digests. */
class ReferenceFuzzTest {
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    @Test
    void reference() {
        new Fuzz("reference", ReferenceFuzzTest::read)
                .seed("busybox")
                .seed("library/busybox:1.36.1-glibc")
                .seed("registry.k8s.io/e2e-test-images/busybox:1.29-2")
                .seed("localhost:5000/a/b_c/d__e/f---g.h")
                .seed("[::1]:5000/a/b@" + DIGEST)
                .seed("127.0.0.1:5000/team/app:v1@" + DIGEST)
                .seed("a".repeat(64))
                .words("..", "/", ":", "@sha256:", "//", "\0", "\r\n", "é", "%2e", "[::1]")
                .maxBytes(2048)
                .run();
    }

    /** What is printed reads as the same, and holds nothing that means something to a path. */
    private static Object read(byte[] input) {
        ImageReference reference;
        try {
            reference = ImageReference.parse(new String(input, StandardCharsets.UTF_8));
        } catch (CarafeException.Invalid e) {
            return String.valueOf(e.getMessage()).replaceAll("\".*", "");
        }
        String printed = reference.toString();
        assertThat(ImageReference.parse(printed)).isEqualTo(reference);
        assertThat(printed.chars()).allMatch(c -> c > ' ' && c < 127);
        assertThat(printed.split("[/:@]")).doesNotContain("..", ".");
        return printed.replaceAll("[a-z0-9]+", "x");
    }
}
