package carafe.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.runtime.api.ContainerFilter;
import carafe.runtime.api.SandboxFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Labels on a kernel with SELinux: one level for a pod and all that is made in it. */
class SelinuxTest {
    @TempDir private Path base;
    private RuntimeRig rig;

    @BeforeEach
    void start() {
        rig = new RuntimeRig(base);
        rig.node.selinux().on();
        rig.runtime.recover();
    }

    private JsonNode json(String directory, String id, String file) throws IOException {
        Path path = rig.node.state().resolve(directory).resolve(id).resolve(file);
        return JsonMapper.shared().readTree(Files.readAllBytes(path));
    }

    @Test
    void aPodsContainersShareItsLevelOverARestart() throws IOException {
        String pod = rig.runPod("web");
        String other = rig.runPod("other");
        String label = json("pods", pod, "shim.json").get("mountLabel").asString();
        assertThat(label).matches("system_u:object_r:container_file_t:s0:c[0-9]+,c[0-9]+");
        assertThat(json("pods", other, "shim.json").get("mountLabel").asString())
                .isNotEqualTo(label);

        for (String name : new String[] {"one", "two"}) {
            String id = rig.create(pod, name);
            assertThat(json("containers", id, "shim.json").get("mountLabel").asString())
                    .isEqualTo(label);
            assertThat(json("containers", id, "config.json").at("/process/selinuxLabel").asString())
                    .isEqualTo(
                            label.replace("object_r", "system_r")
                                    .replace("container_file_t", "container_t"));
            rig.restart();
        }
        assertThat(rig.runtime.listContainers(ContainerFilter.ALL)).hasSize(2);
        assertThat(rig.runtime.listSandboxes(SandboxFilter.ALL)).hasSize(2);
    }
}
