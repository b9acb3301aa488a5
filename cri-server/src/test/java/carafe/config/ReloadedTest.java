package carafe.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReloadedTest {
    private static final CarafeConfig RUNNING = CarafeConfig.defaults();

    @Test
    void liveKeysCountAndTheOthersAreNamed() {
        CarafeConfig written =
                ConfigFiles.overlayText(
                        RUNNING,
                        """
                        [images]
                        pinned = ["docker.io/library/pause:3"]
                        parallel_layers = 7
                        [log]
                        level = "debug"
                        [cgroup]
                        shims = "/elsewhere"
                        """,
                        "new.toml");

        Reloaded reloaded = Reloaded.of(RUNNING, written);

        assertThat(reloaded.applied()).containsExactlyInAnyOrder("images.pinned", "log.level");
        assertThat(reloaded.needRestart())
                .containsExactlyInAnyOrder("images.parallel_layers", "cgroup.shims");
        assertThat(reloaded.config().images().pinned()).isEqualTo(written.images().pinned());
        assertThat(reloaded.config().log()).isEqualTo(written.log());
        assertThat(reloaded.config().images().parallelLayers())
                .isEqualTo(RUNNING.images().parallelLayers());
        assertThat(reloaded.config().cgroup()).isEqualTo(RUNNING.cgroup());
        assertThat(Reloaded.of(reloaded.config(), written).needRestart())
                .as("still, at the next reload")
                .isEqualTo(reloaded.needRestart());
    }

    @Test
    void theSameAgainIsNoChange() {
        assertThat(Reloaded.of(RUNNING, CarafeConfig.defaults()).applied()).isEmpty();
        assertThat(Reloaded.of(RUNNING, CarafeConfig.defaults()).config()).isEqualTo(RUNNING);
    }
}
