package carafe.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.runtime.fake.FakeShims;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserNamespaceSupportTest {
    @TempDir private Path base;
    private final AtomicLong clock = new AtomicLong();
    private FakeShims shims;
    private UserNamespaceSupport support;

    @BeforeEach
    void make() {
        shims = new RuntimeRig(base).node.shims();
        support = new UserNamespaceSupport(shims, base, clock::get);
    }

    @Test
    void aYesIsFoundOutOnce() {
        assertThat(support.problem()).isEmpty();
        clock.addAndGet(Duration.ofDays(1).toNanos());
        assertThat(support.problem()).isEmpty();
        assertThat(shims.userNamespaceProbes()).isOne();
        assertThat(base.resolve(".userns-probe")).doesNotExist();
    }

    @Test
    void aNoIsLookedAtAgainAfterAMinute() {
        shims.setUserNamespaceProblem(Optional.of("no"));
        assertThat(support.problem()).contains("no");
        shims.setUserNamespaceProblem(Optional.empty());
        clock.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(support.problem()).contains("no");
        clock.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(support.problem()).isEmpty();
    }
}
