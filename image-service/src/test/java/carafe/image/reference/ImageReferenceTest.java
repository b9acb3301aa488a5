package carafe.image.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ImageReferenceTest {
    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final String DIGEST = "sha256:" + HEX;

    @ParameterizedTest
    @CsvSource({
        "busybox, docker.io/library/busybox:latest",
        "busybox:1.37, docker.io/library/busybox:1.37",
        "user/app, docker.io/user/app:latest",
        "docker.io/busybox, docker.io/library/busybox:latest",
        "docker.io/user/app:x, docker.io/user/app:x",
        "index.docker.io/busybox, docker.io/library/busybox:latest",
        "localhost/app, localhost/app:latest",
        "localhost:5000/app, localhost:5000/app:latest",
        "localhost:5000, docker.io/library/localhost:5000",
        "127.0.0.1:5000/a/b/c:d, 127.0.0.1:5000/a/b/c:d",
        "[::1]:5000/app, [::1]:5000/app:latest",
        "[fe80::1]/app:tag, [fe80::1]/app:tag",
        "registry.k8s.io/e2e-test-images/busybox:1.29-2, registry.k8s.io/e2e-test-images/busybox:1.29-2",
        "gcr.io/k8s-staging-cri-tools/test-image-tag:all, gcr.io/k8s-staging-cri-tools/test-image-tag:all",
        "Upper/app, Upper/app:latest",
        "a__b/c--d.e, docker.io/a__b/c--d.e:latest",
        "host.example/app:_T.a-9, host.example/app:_T.a-9",
        "sha256:abc, docker.io/library/sha256:abc"
    })
    void completesNamesAsUsersExpect(String text, String full) {
        assertThat(ImageReference.parse(text)).hasToString(full);
        assertThat(ImageReference.parse(full)).isEqualTo(ImageReference.parse(text));
    }

    @Test
    void aDigestDecidesAndItsTagIsNotShownAsVerified() {
        ImageReference both = ImageReference.parse("host:1/app:v1@" + DIGEST);
        assertThat(both.tag()).isEqualTo("v1");
        assertThat(both.target()).isEqualTo(DIGEST);
        assertThat(both.repoTag()).isEmpty();
        ImageReference pinned = ImageReference.parse("app@" + DIGEST);
        assertThat(pinned.tag()).isNull();
        assertThat(pinned).hasToString("docker.io/library/app@" + DIGEST);
        assertThat(ImageReference.parse("app:v2").repoTag()).contains("docker.io/library/app:v2");
    }

    static Stream<String> malformed() {
        return Stream.of(
                "",
                " ",
                "/",
                "/app",
                "app/",
                "a//b",
                "App",
                "host.example/App",
                "app:",
                "app:-x",
                "app:.x",
                "app:" + "t".repeat(129),
                "app:a:b",
                "app@",
                "app@sha256:12",
                "app@" + DIGEST + "@" + DIGEST,
                "app@" + DIGEST + ":tag",
                "../etc/passwd",
                "host.example/../x",
                "host.example/./x",
                "host.example/a..b",
                "host.example/a___b",
                "host.example/a-",
                "host.example/-a",
                "host.example/a b",
                "host.example/a\nb",
                "host.example/a\0b",
                "host.example/a%2fb",
                "host.example/ä",
                "host.example:/a",
                "host.example:0/a",
                "host.example:65536/a",
                "host.example:+80/a",
                "host..example/a",
                "-host.example/a",
                "host.example-/a",
                "user:pw@host.example/a",
                "https://host.example/a",
                "[::1/a",
                "[::g]/a",
                "[]/a",
                "[::1]x:5/a",
                "[1.2.3.4]/a",
                HEX,
                "a".repeat(256),
                "host.example/" + "a/".repeat(130) + "a",
                "x".repeat(1_000_000));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void refusesWhatIsNoReference(String text) {
        assertThatThrownBy(() -> ImageReference.parse(text))
                .isInstanceOf(CarafeException.Invalid.class)
                .satisfies(
                        e -> assertThat(e.getMessage()).hasSizeLessThan(600).doesNotContain("\n"));
    }

    @Test
    void whatPrintsAlsoParsesToTheSame() {
        for (String text :
                new String[] {
                    "a", "a:b", "x.y/z@" + DIGEST, "x.y:5/z:t@" + DIGEST, "[::1]:80/q/w:e"
                }) {
            ImageReference once = ImageReference.parse(text);
            assertThat(ImageReference.parse(once.toString())).isEqualTo(once);
        }
    }
}
