package carafe.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MountInfoTest {
    private static final String LINE =
            "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:3 - ext3 /dev/a\\134b"
                    + " rw,errors=continue\n";

    @Test
    void fieldsAreFoundAroundAnyNumberOfTags() {
        assertThat(MountInfo.parse(LINE))
                .singleElement()
                .satisfies(mount -> {
                    assertThat(mount.id()).isEqualTo(36);
                    assertThat(mount.parentId()).isEqualTo(35);
                    assertThat(mount.device()).isEqualTo("98:0");
                    assertThat(mount.root()).isEqualTo("/mnt1");
                    assertThat(mount.target()).isEqualTo(Path.of("/mnt 2"));
                    assertThat(mount.options()).containsExactlyInAnyOrder("rw", "noatime");
                    assertThat(mount.tags()).containsExactlyInAnyOrder("master:1", "shared:3");
                    assertThat(mount.type()).isEqualTo("ext3");
                    assertThat(mount.source()).isEqualTo("/dev/a\\b");
                    assertThat(mount.superOptions()).contains("errors=continue");
                });
        assertThat(MountInfo.parse(LINE.replace(" master:1 shared:3", "")))
                .singleElement()
                .satisfies(mount -> assertThat(mount.tags()).isEmpty());
    }

    @Test
    void anEmptySourceIsNotTheEndOfTheFields() {
        assertThat(MountInfo.parse("36 35 0:1 / /x rw - tmpfs  rw\n"))
                .singleElement()
                .satisfies(mount -> assertThat(mount.source()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\\040b|a b",
                "a\\011b|a\tb",
                "a\\012b|a\nb",
                "a\\134040b|a\\040b",
                "\\303\\244|ä",
                "a\\|a\\",
                "a\\04|a\\04",
                "a\\9ab|a\\9ab",
                "a\\777|a\\777"
            })
    void octalEscapesAndOnlyThoseAreResolved(String pair) {
        String[] parts = pair.split("\\|", 2);
        assertThat(MountInfo.unescape(parts[0])).isEqualTo(parts[1]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "36",
                "36 35 98:0 /mnt1 /mnt2 rw shared:1 ext3 /dev/root rw",
                "36 35 98:0 /mnt1 /mnt2 rw - ext3 /dev/root",
                "x 35 98:0 /mnt1 /mnt2 rw - ext3 /dev/root rw"
            })
    void aLineOfAnotherFormIsNamed(String line) {
        assertThatThrownBy(() -> MountInfo.parse(line))
                .isInstanceOf(CarafeException.Internal.class)
                .hasMessageContaining(line);
    }

    @Test
    void theRunningKernelsMountsAreRead() throws SyscallException {
        assertThat(MountInfo.read()).anyMatch(mount -> mount.target().equals(Path.of("/")));
    }
}
