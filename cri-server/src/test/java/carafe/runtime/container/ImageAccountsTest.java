package carafe.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageAccountsTest {
    private final Map<String, String> files = new HashMap<>();
    private int readings;
    private boolean broken;
    private final ImageAccounts accounts =
            new ImageAccounts((_, path, _, _) -> {
                readings++;
                if (broken) {
                    throw new CarafeException.Invalid("not now");
                }
                return Optional.ofNullable(files.get(path))
                        .map(text -> text.getBytes(StandardCharsets.UTF_8));
            });

    @Test
    void theFilesOfAnImageAreReadOnce() {
        files.put("/etc/passwd", "web:x:1000:100::/home/web:/bin/sh\n");
        ImageAccounts.Known first = accounts.of("a", List.of());
        files.put("/etc/passwd", "web:x:2000:100::/home/web:/bin/sh\n");
        assertThat(accounts.of("a", List.of())).isEqualTo(first);
        assertThat(readings).isEqualTo(2);
        assertThat(accounts.of("b", List.of()).users().getFirst().uid()).isEqualTo(2000);
    }

    @Test
    void aFailureIsNotRemembered() {
        broken = true;
        assertThatThrownBy(() -> accounts.of("a", List.of()))
                .isInstanceOf(CarafeException.Invalid.class);
        broken = false;
        files.put("/etc/group", "staff:x:50:\n");
        assertThat(accounts.of("a", List.of()).groups()).hasSize(1);
    }

    @Test
    void whatIsLargeOrOldIsReadAgain() {
        files.put("/etc/passwd", "# a comment that is long\n".repeat(1000));
        accounts.of("large", List.of());
        accounts.of("large", List.of());
        assertThat(readings).isEqualTo(4);
        files.clear();
        for (int i = 0; i < 65; i++) {
            accounts.of("image " + i, List.of());
        }
        readings = 0;
        accounts.of("image 64", List.of());
        assertThat(readings).isZero();
        accounts.of("image 0", List.of());
        assertThat(readings).isEqualTo(2);
    }
}
