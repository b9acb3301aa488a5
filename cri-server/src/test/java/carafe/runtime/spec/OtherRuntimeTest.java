package carafe.runtime.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class OtherRuntimeTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Path BUNDLE = Path.of("/run/carafe/containers/c0ffee");

    @Test
    void limitsAreTheDaemonsAndDevicesStay() {
        ObjectNode config = config();

        assertThat(runtime(-1000, Optional.empty()).fit(config, BUNDLE)).isEmpty();

        assertThat(config.at("/linux/resources").propertyNames()).containsExactly("devices");
        assertThat(config.at("/linux").has("seccomp")).isFalse();
    }

    @Test
    void anOomScoreThatTheMachineRefusesIsRaisedToItsLeast() {
        ObjectNode config = config();
        runtime(-5, Optional.empty()).fit(config, BUNDLE);

        assertThat(config.at("/process/oomScoreAdj").asInt()).isEqualTo(-5);
    }

    @Test
    void theProfileGoesAlong() {
        ObjectNode config = config();
        ObjectNode profile = JSON.createObjectNode().put("defaultAction", "SCMP_ACT_ALLOW");
        runtime(-1000, Optional.of(profile)).fit(config, BUNDLE);

        assertThat(config.at("/linux/seccomp/defaultAction").asString())
                .isEqualTo("SCMP_ACT_ALLOW");
    }

    @Test
    void sourcesOfMountsThatSpreadAreNamedByWhereTheyAreStaged() {
        ObjectNode config = config();
        config.putArray("mounts")
                .add(mount("/private", "rprivate"))
                .add(mount("/slave", "rslave"))
                .add(mount("/shared", "rshared"));

        assertThat(runtime(-1000, Optional.empty()).fit(config, BUNDLE))
                .isEqualTo(List.of("/slave", "/shared"));

        assertThat(config.at("/mounts/0/source").asString()).isEqualTo("/private");
        assertThat(config.at("/mounts/1/source").asString()).isEqualTo(BUNDLE + "/staged/0");
        assertThat(config.at("/mounts/2/source").asString()).isEqualTo(BUNDLE + "/staged/1");
    }

    private static OtherRuntime runtime(int lowestOomScore, Optional<ObjectNode> seccomp) {
        return new OtherRuntime(Path.of("/usr/sbin/runc"), seccomp, lowestOomScore);
    }

    private static ObjectNode mount(String source, String propagation) {
        ObjectNode mount = JSON.createObjectNode().put("source", source);
        mount.putArray("options").add("rbind").add(propagation).add("rw");
        return mount;
    }

    private static ObjectNode config() {
        return (ObjectNode)
                JSON.readTree(
                        """
                        {"process": {"oomScoreAdj": -997}, "mounts": [],
                         "linux": {"resources": {"devices": [], "memory": {"limit": 1}, "cpu": {}}}}
                        """);
    }
}
