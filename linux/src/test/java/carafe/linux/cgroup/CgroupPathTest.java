package carafe.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupPathTest {
    @Test
    void kubeletsNamesAreTaken() {
        CgroupPath pod = CgroupDriver.cgroupfs().pod("/kubepods/burstable/pod1-2");
        assertThat(pod.child("c0ffee").value()).isEqualTo("/kubepods/burstable/pod1-2/c0ffee");
        assertThat(pod.fromTop())
                .extracting(CgroupPath::value)
                .containsExactly("/kubepods", "/kubepods/burstable", "/kubepods/burstable/pod1-2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "a",
                "a/b",
                "//",
                "/a//b",
                "/a/",
                "/../a",
                "/a/..",
                "/a/./b",
                "/a b",
                "/a\nb",
                "/a\u0000b",
                "/a\\b",
                "/ä",
                "/cgroup.procs",
                "/a/cgroup.kill"
            })
    void whatCouldLeadElsewhereIsRefused(String path) {
        assertThatThrownBy(() -> CgroupPath.of(path)).isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void lengthsAreBounded() {
        assertThatThrownBy(() -> CgroupPath.of("/" + "a".repeat(256)))
                .isInstanceOf(CarafeException.Invalid.class);
        assertThatThrownBy(() -> CgroupPath.of("/aaa".repeat(600)))
                .isInstanceOf(CarafeException.Invalid.class);
        assertThat(CgroupPath.of("/" + "a".repeat(255)).value()).hasSize(256);
    }

    @Test
    void aChildsNameIsOneComponent() {
        CgroupPath pod = CgroupPath.of("/pod");
        assertThatThrownBy(() -> pod.child("..")).isInstanceOf(CarafeException.Invalid.class);
        assertThatThrownBy(() -> pod.child("")).isInstanceOf(CarafeException.Invalid.class);
        assertThatThrownBy(() -> pod.child("a/b")).isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void aSystemdSliceIsExplained() {
        assertThatThrownBy(() -> CgroupDriver.cgroupfs().pod("kubepods-burstable-pod1.slice"))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("cgroupDriver: cgroupfs");
    }
}
