package carafe.linux.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DevicesTest {
    @Test
    void encodesAsTheCLibraryDoes() {
        assertThat(Devices.encode(Devices.of(1, 3))).isEqualTo(0x103);
        assertThat(Devices.encode(Devices.of(259, 65537))).isEqualTo(0x10010301L);
    }

    @Test
    void refusesWhatTheKernelWouldCut() {
        for (long[] device : new long[][] {{4096, 0}, {0, 1 << 20}, {-1, 0}, {0, -1}}) {
            assertThatThrownBy(() -> Devices.of(device[0], device[1]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
