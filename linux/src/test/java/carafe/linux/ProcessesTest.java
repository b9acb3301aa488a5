package carafe.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessesTest {
    private static final String REST =
            " S 1 42 42 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 8765 1000 10 18446744073709551615";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(sh)",
                "(a b)",
                "(a) Z 1 2)",
                "(()",
                "())",
                "(a\nb)",
                "()",
                "(x) R 1 1 1 1)"
            })
    void aProcessCannotLieAboutItselfByItsName(String name) {
        assertThat(Processes.parse(42, "42 " + name + REST)).contains(new PidIdentity(42, 8765));
    }

    @Test
    void aZombieIsNoProcess() {
        assertThat(Processes.parse(42, "42 (sh)" + REST.replace(" S ", " Z "))).isEmpty();
        assertThat(Processes.parse(42, "42 (sh)" + REST.replace(" S ", " X "))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "42 (sh", "42 (sh) S 1 2 3", "42 (sh)"})
    void anUnknownFormIsNamed(String stat) {
        assertThatThrownBy(() -> Processes.parse(42, stat))
                .isInstanceOf(CarafeException.Internal.class)
                .hasMessageContaining("/proc/42/stat");
    }

    @Test
    void thisProcessIsAliveAndItsPidWithAnotherStartIsNot() {
        Processes processes = new Processes();
        PidIdentity self = processes.self();
        assertThat(processes.alive(self)).isTrue();
        assertThat(processes.alive(new PidIdentity(self.pid(), self.startTicks() + 1))).isFalse();
        assertThat(processes.identify(1)).isEmpty();
        assertThat(processes.identify(-1)).isEmpty();
    }

    @Test
    void anotherProcfsIsAsked(@TempDir Path procfs) throws Exception {
        Files.createDirectory(procfs.resolve("42"));
        Files.writeString(procfs.resolve("42/stat"), "42 (sh)" + REST);
        assertThat(new Processes(procfs).identify(42)).contains(new PidIdentity(42, 8765));
        assertThat(new Processes(procfs).identify(43)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 0, -1, Integer.MIN_VALUE})
    void onlyPidsOfOursAreIdentities(int pid) {
        assertThatThrownBy(() -> new PidIdentity(pid, 5))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
