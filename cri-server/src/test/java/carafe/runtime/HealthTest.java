package carafe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import carafe.runtime.api.RuntimeCondition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthTest {
    @TempDir private Path base;

    @Test
    void aWorkingNodeIsReady() {
        RuntimeRig rig = new RuntimeRig(base);
        assertThat(rig.runtime.conditions())
                .extracting(RuntimeCondition::type, RuntimeCondition::holds)
                .containsExactly(tuple("RuntimeReady", true), tuple("NetworkReady", true));
    }

    @Test
    void aShimThatCannotBeStartedIsNamed() {
        RuntimeRig rig = new RuntimeRig(base);
        rig.node.shims().setProblem(Optional.of("memfd_create: not permitted"));
        RuntimeCondition runtime = rig.runtime.conditions().getFirst();
        assertThat(runtime.holds()).isFalse();
        assertThat(runtime.reason()).isEqualTo("ShimNotStartable");
        assertThat(runtime.message()).contains("memfd_create");
    }

    @Test
    void aStateDirectoryThatCannotBeWrittenIsNamed() throws Exception {
        RuntimeRig rig = new RuntimeRig(base);
        Files.writeString(rig.node.root(), "a file in the way");
        RuntimeCondition runtime = rig.runtime.conditions().getFirst();
        assertThat(runtime.reason()).isEqualTo("StateNotWritable");
        assertThat(runtime.message()).contains(rig.node.root().toString());
    }
}
