package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.testkit.daemon.Checkout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout of its own, with a JVM that only says what it was given. */
final class LauncherTest {
    private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir private Path dir;
    private Path cache;
    private Path jar;
    private Path library;

    @BeforeEach
    void checkout() throws IOException {
        Path real = Checkout.find();
        Path scripts = Files.createDirectories(dir.resolve("dist/src/main/sh"));
        Files.copy(real.resolve("carafe"), dir.resolve("carafe"));
        Files.copy(
                real.resolve("dist/src/main/sh/prerequisites.sh"),
                scripts.resolve("prerequisites.sh"));
        Path bin = Files.createDirectories(dir.resolve("jdk/bin"));
        Files.writeString(dir.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
        for (String program : new String[] {"java", "javac"}) {
            Path file = Files.writeString(bin.resolve(program), "#!/bin/sh\necho \"$@\"\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.createDirectories(dir.resolve("dist/target/lib"));
        cache = dir.resolve("dist/target/carafe.aot");
        jar = made(dir.resolve("dist/target/carafe.jar"), BUILT);
        library = made(dir.resolve("dist/target/lib/cri-server.jar"), BUILT);
    }

    @Test
    void aStartUpCacheIsUsedOnlyWhileNoJarIsNewer() throws IOException, InterruptedException {
        String option = "-XX:AOTCache=" + cache;
        assertThat(said()).contains("-jar " + jar + " version").doesNotContain("AOTCache");

        made(cache, BUILT.plusSeconds(1));
        assertThat(said()).contains(option);

        made(library, BUILT.plusSeconds(2));
        assertThat(said()).doesNotContain("AOTCache");

        made(cache, BUILT.plusSeconds(3));
        assertThat(said()).contains(option);

        made(jar, BUILT.plusSeconds(4));
        assertThat(said()).doesNotContain("AOTCache");
    }

    private static Path made(Path file, Instant time) throws IOException {
        Files.write(file, new byte[0]);
        return Files.setLastModifiedTime(file, FileTime.from(time));
    }

    private String said() throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder("bash", dir.resolve("carafe").toString(), "version")
                        .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", dir.resolve("jdk").toString());
        builder.environment().put("CARAFE_BUILD", "never");
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
