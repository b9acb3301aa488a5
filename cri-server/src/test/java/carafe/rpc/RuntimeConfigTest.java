package carafe.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.CgroupDriver;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuntimeConfigTest {
    @Test
    void kubeletIsToldTheDriverOfTheConfiguration() {
        assertThat(RuntimeConfig.of(Map.of("cgroupDriver", "systemd")).driver())
                .isEqualTo(CgroupDriver.SYSTEMD);
        assertThat(RuntimeConfig.of(Map.of("cgroupDriver", "cgroupfs")).driver())
                .isEqualTo(CgroupDriver.CGROUPFS);
        assertThat(RuntimeConfig.of(Map.of()).driver()).isEqualTo(CgroupDriver.CGROUPFS);
    }
}
