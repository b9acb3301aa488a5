package carafe.server;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.base.DiskFiles;
import carafe.image.PullMeter.Stage;
import carafe.metrics.BuildInfo;
import carafe.metrics.Meters;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeteringTest {
    private final Meters meters = new Meters(new BuildInfo("1", "a", "25"));
    @TempDir private Path dir;

    @AfterEach
    void close() {
        meters.close();
    }

    @Test
    void startsAreCountedOverLivesAndACrashIsToldFromAnEnd() {
        Path file = dir.resolve("starts");
        try (Meters first = new Meters(new BuildInfo("1", "a", "25"))) {
            StartsFile.begin(file, new DiskFiles(), first).close();
            assertThat(first.scrape())
                    .contains("carafe_daemon_starts_total{previous=\"none\"} 1.0");
        }
        try (Meters second = new Meters(new BuildInfo("1", "a", "25"))) {
            StartsFile.begin(file, new DiskFiles(), second); // and then it crashes
        }
        StartsFile.begin(file, new DiskFiles(), meters);
        assertThat(meters.scrape())
                .contains("carafe_daemon_starts_total{previous=\"clean\"} 1.0")
                .contains("carafe_daemon_starts_total{previous=\"crash\"} 1.0");
    }

    @Test
    void registriesBeyondTheFirst32AreOne() {
        PullTimes times = new PullTimes(meters);
        for (int i = 0; i < 40; i++) {
            times.pulled(
                    "registry%d.example".formatted(i), i % 2 == 0, 1_000_000, Optional.empty());
        }
        assertThat(meters.scrape())
                .contains(
                        "carafe_pull_seconds_count{registry=\"registry31.example\",result=\"failed\"} 1")
                .contains("carafe_pull_seconds_count{registry=\"other\",result=\"ok\"} 4")
                .doesNotContain("registry32.example");
    }

    @Test
    void stagesOfLayersHaveASizeClassAndBytesAreCountedOnce() {
        PullTimes times = new PullTimes(meters);
        times.stage(Stage.RESOLVE, "docker.io", OptionalLong.empty(), 5, Optional.empty());
        times.stage(Stage.DOWNLOAD, "docker.io", OptionalLong.of(5 << 20), 5, Optional.empty());
        times.stage(Stage.UNPACK, "docker.io", OptionalLong.of(5 << 20), 5, Optional.empty());
        assertThat(meters.scrape())
                .contains(
                        "carafe_pull_stage_seconds_count{registry=\"docker.io\",size=\"none\",stage=\"resolve\"} 1",
                        "carafe_pull_stage_seconds_count{registry=\"docker.io\",size=\"<10MiB\",stage=\"unpack\"} 1",
                        "carafe_pull_downloaded_bytes_total{registry=\"docker.io\"} 5242880.0");
        assertThat(PullTimes.sizeClass(1L << 30)).isEqualTo(">=1GiB");
    }

    @Test
    void exitCodesHaveFourClasses() {
        assertThat(LifeCounts.codeClass(0)).isEqualTo("0");
        assertThat(LifeCounts.codeClass(125)).isEqualTo("1-125");
        assertThat(LifeCounts.codeClass(127)).isEqualTo("126-127");
        assertThat(LifeCounts.codeClass(137)).isEqualTo("128+");
    }
}
