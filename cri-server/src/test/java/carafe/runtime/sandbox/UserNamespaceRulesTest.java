package carafe.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.IdMapping;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.api.NamespaceModes.UserNamespace;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class UserNamespaceRulesTest {
    private static final List<IdMapping> GOOD = List.of(new IdMapping(0, 100_000, 65_536));

    private final UserNamespaceRules rules = new UserNamespaceRules(Optional::empty);

    private static NamespaceModes modes(Mode mode, List<IdMapping> uids, List<IdMapping> gids) {
        return new NamespaceModes(
                Mode.POD, Mode.CONTAINER, Mode.POD, "", new UserNamespace(mode, uids, gids));
    }

    @Test
    void oneMappingFromZeroIsTaken() {
        assertThatCode(() -> rules.check(modes(Mode.POD, GOOD, GOOD))).doesNotThrowAnyException();
        assertThatCode(() -> rules.check(modes(Mode.NODE, List.of(), List.of())))
                .doesNotThrowAnyException();
        assertThatCode(() -> rules.check(NamespaceModes.ofPod())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource(names = {"CONTAINER", "TARGET"})
    void otherModesAreRefused(Mode mode) {
        assertRefused(modes(mode, GOOD, GOOD), "the pod's or the node's");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 100000, 65536, begin with",
        "0, 100000, 0, does not fit",
        "0, 4294967295, 1, does not fit",
        "0, 0, 4294967296, does not fit"
    })
    void oddMappingsAreRefused(long inside, long outside, long length, String why) {
        List<IdMapping> odd = List.of(new IdMapping(inside, outside, length));
        assertRefused(modes(Mode.POD, odd, GOOD), why);
        assertRefused(modes(Mode.POD, GOOD, odd), why);
    }

    @Test
    void exactlyOneMappingIsNeeded() {
        List<IdMapping> two = List.of(new IdMapping(0, 1000, 1), new IdMapping(1, 2000, 1));
        assertRefused(modes(Mode.POD, two, GOOD), "exactly one mapping of uids, not 2");
        assertRefused(modes(Mode.POD, GOOD, List.of()), "exactly one mapping of gids, not 0");
        assertRefused(modes(Mode.NODE, GOOD, GOOD), "excludes");
    }

    @Test
    void processesAndObjectsOfTheNodeDoNotGoWithIt() {
        UserNamespace user = new UserNamespace(Mode.POD, GOOD, GOOD);
        assertRefused(new NamespaceModes(Mode.POD, Mode.NODE, Mode.POD, "", user), "PID or IPC");
        assertRefused(
                new NamespaceModes(Mode.POD, Mode.CONTAINER, Mode.NODE, "", user), "PID or IPC");
    }

    @Test
    void aMachineThatCannotSaysWhy() {
        UserNamespaceRules unable = new UserNamespaceRules(() -> Optional.of("no idmapped ext9"));
        assertThatThrownBy(() -> unable.check(modes(Mode.POD, GOOD, GOOD)))
                .isInstanceOf(CarafeException.Unsupported.class)
                .hasMessageContaining("no idmapped ext9");
    }

    private void assertRefused(NamespaceModes modes, String why) {
        assertThatThrownBy(() -> rules.check(modes))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining(why);
    }
}
