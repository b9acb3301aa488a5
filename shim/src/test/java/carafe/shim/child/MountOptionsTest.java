package carafe.shim.child;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.shim.sys.MountCalls;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MountOptionsTest {
    private static MountOptions parse(String... options) {
        return MountOptions.parse(List.of(options));
    }

    @Test
    void attributesOfTheMountAndOfAllBelowAreKeptApart() {
        MountOptions options = parse("rbind", "ro", "rnosuid");
        assertThat(options.isRecursiveBind()).isTrue();
        assertThat(options.attributes().set()).isEqualTo(MountCalls.ATTR_RDONLY);
        assertThat(options.recursive().set()).isEqualTo(MountCalls.ATTR_NOSUID);
    }

    @Test
    void theLastOfTwoOppositesCounts() {
        assertThat(parse("ro", "rw").isReadonly()).isFalse();
        assertThat(parse("rw", "ro").isReadonly()).isTrue();
        assertThat(parse("nodev", "dev").attributes().clear()).isEqualTo(MountCalls.ATTR_NODEV);
    }

    @Test
    void theAccessTimeIsClearedAsAWhole() {
        MountOptions options = parse("noatime", "strictatime");
        assertThat(options.attributes().set()).isEqualTo(MountCalls.ATTR_STRICTATIME);
        assertThat(options.attributes().clear()).isEqualTo(MountCalls.ATTR_ATIME);
    }

    @Test
    void propagationIsPrivateUnlessNamed() {
        assertThat(parse("ro").propagation()).isEqualTo(MountCalls.MS_PRIVATE);
        assertThat(parse("ro").isRecursivePropagation()).isTrue();
        assertThat(parse("slave").isRecursivePropagation()).isFalse();
        assertThat(parse("rshared").propagation()).isEqualTo(MountCalls.MS_SHARED);
        assertThat(parse("rshared").isRecursivePropagation()).isTrue();
    }

    @Test
    void theRestIsTheFileSystems() {
        assertThat(parse("mode=755", "newinstance", "defaults", "", "ro", "relatime").data())
                .containsExactly("mode=755", "newinstance");
    }
}
