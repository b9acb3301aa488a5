package carafe.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a JVM of its own, since JNA chooses its library once. */
class JnaSetupIT {
    @TempDir private Path directory;

    /** Prints where the native library was mapped from. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws Exception {
            JnaSetup.from(Path.of(args[0]));
            PeerCredentials.ownUid();
            KernelFiles.read(Path.of("/proc/self/maps"))
                    .lines()
                    .filter(line -> line.contains("jnidispatch"))
                    .map(line -> line.substring(line.indexOf('/')))
                    .distinct()
                    .forEach(System.out::println);
        }
    }

    @Test
    void theLibraryComesFromThePrivateDirectoryOnly() throws Exception {
        Path own =
                Files.createDirectory(
                        directory.resolve("own"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Process process =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "--enable-native-access=ALL-UNNAMED",
                                "-Djava.io.tmpdir=" + temporary,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName(),
                                own.toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(output.strip()).isEqualTo(own.resolve("libjnidispatch.so").toString());
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void aDirectoryThatOthersCanWriteToIsRefused() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> JnaSetup.from(directory))
                .isInstanceOf(CarafeException.Internal.class);
    }
}
