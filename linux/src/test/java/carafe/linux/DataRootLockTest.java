package carafe.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataRootLockTest {
    @TempDir private Path directory;

    @Test
    void aSecondTakerIsToldWhoHasIt() throws Exception {
        Path file = directory.resolve("lock");
        try (DataRootLock _ = DataRootLock.take(file)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThatThrownBy(() -> DataRootLock.take(file))
                    .isInstanceOf(CarafeException.Precondition.class)
                    .hasMessageContaining("pid " + ProcessHandle.current().pid())
                    .hasMessageContaining(directory.toString());
        }
        DataRootLock.take(file).close();
    }

    @Test
    void aFileWithAnythingInItNamesNobodyElse() throws Exception {
        Path file = directory.resolve("lock");
        Files.writeString(file, "\u001b[31mpid 7 and more of it\n");
        DataRootLock.take(file).close();
        assertThat(Files.readString(file)).isEqualTo("pid " + ProcessHandle.current().pid() + "\n");
    }

    @Test
    void aLinkIsNotFollowed() throws Exception {
        Path target = Files.createFile(directory.resolve("target"));
        Path link = Files.createSymbolicLink(directory.resolve("lock"), target);
        assertThatThrownBy(() -> DataRootLock.take(link))
                .isInstanceOf(CarafeException.Internal.class)
                .hasMessageContaining("ELOOP");
    }
}
