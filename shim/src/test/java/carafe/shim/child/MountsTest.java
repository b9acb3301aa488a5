package carafe.shim.child;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MountsTest {
    @ParameterizedTest
    @CsvSource({
        "/,/",
        "/a/b,/a/b",
        "/a//b/,/a/b",
        "/a/../proc,/proc",
        "/../x,/x",
        "/./a/.,/a",
        "/..,/"
    })
    void destinationsAreComparedInOneForm(String given, String normal) {
        assertThat(Mounts.normalize(given)).isEqualTo(normal);
    }
}
