package carafe.runtime.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.CapabilityChanges;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    private static final Set<String> ALL = Capabilities.ofMask(-1);

    @Test
    void theDefaultsAreFourteen() {
        Capabilities sets = Capabilities.of(CapabilityChanges.NONE, false, ALL);
        assertThat(sets.bounding())
                .hasSize(14)
                .contains("CAP_CHOWN", "CAP_NET_BIND_SERVICE")
                .doesNotContain("CAP_SYS_ADMIN", "CAP_NET_ADMIN");
        assertThat(sets.ambient()).isEmpty();
    }

    @Test
    void namesAreAddedAndDropped() {
        Capabilities sets =
                Capabilities.of(
                        changes(List.of("net_admin", "CAP_SYS_TIME"), List.of("Chown")),
                        false,
                        ALL);
        assertThat(sets.bounding())
                .contains("CAP_NET_ADMIN", "CAP_SYS_TIME")
                .doesNotContain("CAP_CHOWN")
                .hasSize(15);
    }

    @Test
    void allIsTreatedBeforeNames() {
        assertThat(
                        Capabilities.of(changes(List.of("ALL"), List.of("SYS_ADMIN")), false, ALL)
                                .bounding())
                .hasSize(ALL.size() - 1)
                .doesNotContain("CAP_SYS_ADMIN");
        assertThat(Capabilities.of(changes(List.of("KILL"), List.of("all")), false, ALL).bounding())
                .containsExactly("CAP_KILL");
        assertThat(Capabilities.of(changes(List.of("ALL"), List.of("ALL")), false, ALL).bounding())
                .isEmpty();
    }

    @Test
    void ambientOnesAreInAllSets() {
        Capabilities sets =
                Capabilities.of(
                        new CapabilityChanges(
                                List.of(), List.of("KILL"), List.of("NET_ADMIN", "KILL")),
                        false,
                        ALL);
        assertThat(sets.ambient()).containsExactly("CAP_NET_ADMIN");
        assertThat(sets.bounding()).contains("CAP_NET_ADMIN").doesNotContain("CAP_KILL");
    }

    @Test
    void nobodyGetsWhatTheDaemonHasNot() {
        Set<String> few = Set.of("CAP_CHOWN", "CAP_SYS_ADMIN");
        assertThat(Capabilities.of(CapabilityChanges.NONE, false, few).bounding())
                .containsExactly("CAP_CHOWN");
        assertThat(Capabilities.of(CapabilityChanges.NONE, true, few).bounding())
                .containsExactly("CAP_CHOWN", "CAP_SYS_ADMIN");
    }

    @Test
    void anUnknownNameIsRefused() {
        assertThatThrownBy(
                        () -> Capabilities.of(changes(List.of("CAP_FLY"), List.of()), false, ALL))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("CAP_FLY");
    }

    private static CapabilityChanges changes(List<String> add, List<String> drop) {
        return new CapabilityChanges(add, drop, List.of());
    }
}
