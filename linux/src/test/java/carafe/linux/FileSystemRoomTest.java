package carafe.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSystemRoomTest {
    @TempDir private Path dir;

    @Test
    void theDeepestMountHasThePath() {
        List<MountInfo> mounts =
                MountInfo.parse(
                        """
                        1 0 8:1 / / rw - ext4 /dev/sda1 rw
                        2 1 8:2 / /var rw - ext4 /dev/sda2 rw
                        3 1 8:3 / /variable rw - ext4 /dev/sda3 rw
                        4 2 8:4 / /var rw - xfs /dev/sda4 rw
                        """);
        assertThat(FileSystemRoom.device(Path.of("/var/lib/x"), mounts)).isEqualTo("/dev/sda4");
        assertThat(FileSystemRoom.device(Path.of("/etc"), mounts)).isEqualTo("/dev/sda1");
    }

    @Test
    void aDirectoryHasRoomAndAMissingOneHasNone() {
        FileSystemRoom room = FileSystemRoom.of(dir).orElseThrow();
        assertThat(room.totalBytes()).isPositive();
        assertThat(room.freeInodes()).isLessThanOrEqualTo(room.totalInodes());
        assertThat(room.device()).isNotEmpty();
        assertThat(FileSystemRoom.of(dir.resolve("none"))).isEmpty();
    }

    @Test
    void whatIsNoDeviceKeepsItsNumbers() {
        assertThat(BlockDevices.name("../../etc")).isEqualTo("../../etc");
        assertThat(BlockDevices.name("999:999")).isEqualTo("999:999");
    }
}
