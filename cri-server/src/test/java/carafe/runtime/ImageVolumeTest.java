package carafe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.Caller;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.MountSpec.Propagation;
import carafe.runtime.fake.FakeImages;
import carafe.runtime.fake.FakeNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images in place of host paths: found, kept while they are mounted, given back. */
class ImageVolumeTest {
    @TempDir private Path base;
    private RuntimeRig rig;

    @BeforeEach
    void start() {
        rig = new RuntimeRig(base);
        rig.runtime.recover();
    }

    @Test
    void theStatusSaysWhichImageItIs() {
        String id = create(image(FakeImages.NAME, ""));
        MountSpec mount = rig.runtime.containerStatus(id).mounts().getFirst();
        ImageName name = Objects.requireNonNull(mount.image());
        assertThat(name.image()).isEqualTo(FakeImages.NAME);
        assertThat(name.ref()).isEqualTo(FakeImages.ID);
        rig.restart();
        assertThat(rig.runtime.containerStatus(id).mounts()).containsExactly(mount);
    }

    @Test
    void theImageIsKeptUntilTheContainerIsRemoved() {
        String id = create(image(FakeImages.NAME, ""), image(FakeImages.ID, "sub"));
        assertThat(rig.node.images().snapshots())
                .containsExactlyInAnyOrder(id, id + ".volume-0", id + ".volume-1");
        rig.restart();
        assertThat(rig.node.images().snapshots()).hasSize(3);
        rig.runtime.removeContainer(id);
        assertThat(rig.node.images().snapshots()).isEmpty();
    }

    @Test
    void anImageOfNoContainerIsGivenBackAtTheNextStart() {
        rig.node.images().prepare(FakeImages.ID, "ab".repeat(32) + ".volume-0");
        rig.restart();
        FakeNode.eventually(() -> rig.node.images().snapshots().isEmpty());
    }

    @Test
    void whatCannotBeMountedIsRefusedByKubeletsWord() {
        assertRefused(
                image("docker.io/library/absent:1", ""),
                CarafeException.NotFound.class,
                "docker.io/library/absent:1");
        MountSpec good = image(FakeImages.NAME, "");
        assertRefused(
                with(good, false, "", Propagation.PRIVATE),
                CarafeException.Invalid.class,
                "readonly");
        assertRefused(
                with(good, true, "/data", Propagation.PRIVATE),
                CarafeException.Invalid.class,
                "/data");
        assertRefused(
                with(good, true, "", Propagation.BIDIRECTIONAL),
                CarafeException.Invalid.class,
                "propagation");
        for (String path : List.of("..", "a/../..", "/etc", "a/..")) {
            assertRefused(
                    image(FakeImages.NAME, path), CarafeException.Invalid.class, "image_sub_path");
        }
    }

    private void assertRefused(
            MountSpec mount, Class<? extends CarafeException> kind, String word) {
        String pod = rig.runPod("web");
        assertThatThrownBy(() -> rig.runtime.createContainer(pod, spec(mount), Caller.PATIENT))
                .isInstanceOf(kind)
                .hasMessageStartingWith("ImageVolumeMountFailed: ")
                .hasMessageContaining(word);
        rig.runtime.removeSandbox(pod);
        assertThat(rig.leftovers()).isEmpty();
    }

    private String create(MountSpec... mounts) {
        return rig.runtime.createContainer(rig.runPod("web"), spec(mounts), Caller.PATIENT);
    }

    private static ContainerSpec spec(MountSpec... mounts) {
        return Requests.container("app", ContainerSecurity.NONE, List.of(mounts));
    }

    private static MountSpec image(String name, String subPath) {
        return new MountSpec(
                "/models/" + subPath.length(),
                "",
                true,
                false,
                false,
                Propagation.PRIVATE,
                List.of(),
                List.of(),
                new ImageName(name, name, "", Map.of()),
                subPath,
                List.of());
    }

    private static MountSpec with(
            MountSpec mount, boolean readonly, String hostPath, Propagation propagation) {
        return new MountSpec(
                mount.containerPath(),
                hostPath,
                readonly,
                false,
                false,
                propagation,
                List.of(),
                List.of(),
                mount.image(),
                "",
                List.of());
    }
}
