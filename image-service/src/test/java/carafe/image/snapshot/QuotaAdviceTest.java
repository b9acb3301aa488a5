package carafe.image.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.linux.MountInfo;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class QuotaAdviceTest {
    private static final List<MountInfo> MOUNTS =
            MountInfo.parse(
                    """
                    21 1 8:1 / / rw - ext4 /dev/sda1 rw
                    22 21 8:2 / /var/lib rw - xfs /dev/sdb rw
                    23 21 0:30 / /var/lib/carafe/tmp rw - tmpfs tmpfs rw
                    """);

    private static String advice(String dir) {
        QuotaAdvice advice = QuotaAdvice.of(Path.of(dir), MOUNTS);
        return advice.mount() + ": " + advice.remedy();
    }

    @Test
    void theMountIsNamedAndWhatToDo() {
        assertThat(advice("/var/lib/carafe/snapshots"))
                .contains("/dev/sdb (xfs on /var/lib)", "option prjquota", "rootflags=prjquota");
        assertThat(advice("/opt/carafe/snapshots"))
                .contains(
                        "/dev/sda1 (ext4 on /)", "tune2fs -O project,quota -Q prjquota /dev/sda1");
        assertThat(advice("/var/lib/carafe/tmp/snapshots"))
                .contains("tmpfs (tmpfs on /var/lib/carafe/tmp)", "on ext4 or xfs");
        assertThat(QuotaAdvice.of(Path.of("/x"), List.of()).mount()).contains("/x");
    }
}
