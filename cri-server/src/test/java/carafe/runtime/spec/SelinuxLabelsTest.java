package carafe.runtime.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.api.SelinuxLabel;
import carafe.runtime.fake.FakeSelinux;
import carafe.runtime.port.Selinux.Contexts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelinuxLabelsTest {
    private static final String LEVEL = "s0:c1,c2";
    private static final NamespaceModes OWN = NamespaceModes.ofPod();
    private static final NamespaceModes OF_NODE =
            new NamespaceModes(Mode.NODE, Mode.CONTAINER, Mode.POD, "", null);

    private final FakeSelinux kernel = new FakeSelinux();
    private final SelinuxLabels labels = new SelinuxLabels(kernel);

    @BeforeEach
    void switchOn() {
        kernel.on();
    }

    private static SelinuxLabel label(String user, String role, String type, String level) {
        return new SelinuxLabel(user, role, type, level);
    }

    private Contexts container(@Nullable SelinuxLabel asked) {
        return labels.ofContainer(asked, false, OWN, LEVEL);
    }

    @Test
    void aContainerGetsThePolicysLabelsAtItsPodsLevel() {
        assertThat(container(null))
                .isEqualTo(
                        new Contexts(
                                "system_u:system_r:container_t:" + LEVEL,
                                "system_u:object_r:container_file_t:" + LEVEL));
        assertThat(labels.filesOfPod(LEVEL)).isEqualTo(container(null).file());
    }

    @Test
    void whatIsAskedForReplacesItsPart() {
        assertThat(container(label("me_u", "me_r", "spc_t", "s0:c7")))
                .isEqualTo(
                        new Contexts(
                                "me_u:me_r:spc_t:s0:c7",
                                "system_u:object_r:container_file_t:s0:c7"));
        assertThat(container(label("", "", "spc_t", "")).process())
                .isEqualTo("system_u:system_r:spc_t:" + LEVEL);
    }

    @Test
    void whoIsTheNodesIsLabelledOnlyWhenAsked() {
        assertThat(labels.ofContainer(null, true, OWN, LEVEL)).isEqualTo(Contexts.NONE);
        assertThat(labels.ofContainer(null, false, OF_NODE, LEVEL)).isEqualTo(Contexts.NONE);
        assertThat(labels.ofContainer(label("", "", "spc_t", ""), true, OF_NODE, LEVEL).process())
                .isEqualTo("system_u:system_r:spc_t:" + LEVEL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s9:c1", "high", "s0:c1,c2\nx", "s0 c1"})
    void aLevelThatThePolicyDoesNotHaveIsRefused(String level) {
        assertThatThrownBy(() -> container(label("", "", "", level)))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("no SELinux label of this node's policy");
        assertThatThrownBy(() -> labels.levelOfPod("p", label("", "", "", level), Set.of()))
                .isInstanceOf(CarafeException.Invalid.class);
    }

    @Test
    void everyPodGetsCategoriesOfItsOwn() {
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            // The same id, so that each time the search begins at the same place.
            String level = labels.levelOfPod("pod", null, taken);
            assertThat(taken.add(level)).as(level).isTrue();
            String[] categories = level.substring("s0:c".length()).split(",c", -1);
            assertThat(Integer.parseInt(categories[0])).isLessThan(Integer.parseInt(categories[1]));
            assertThat(Integer.parseInt(categories[1])).isLessThan(1024);
        }
        assertThat(labels.levelOfPod("pod", label("", "", "", LEVEL), taken)).isEqualTo(LEVEL);
    }

    @Test
    void volumesAreLabelledWhenTheyAskForIt() {
        MountSpec asks = mount("/data", true);
        labels.relabel(List.of(asks, mount("/other", false)), container(null));
        labels.relabel(List.of(asks), Contexts.NONE);
        assertThat(kernel.relabelled())
                .containsExactly("/data system_u:object_r:container_file_t:" + LEVEL);
        assertThatThrownBy(
                        () -> labels.relabel(List.of(mount("/usr/../etc", true)), container(null)))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("/etc");
    }

    @Test
    void aKernelWithoutItRefusesWhoAsksAndLabelsNobody() {
        SelinuxLabels none = new SelinuxLabels(new FakeSelinux());
        assertThat(none.levelOfPod("p", null, Set.of())).isEmpty();
        assertThat(none.filesOfPod("")).isEmpty();
        assertThat(none.ofContainer(null, false, OWN, "")).isEqualTo(Contexts.NONE);
        assertThatThrownBy(() -> none.ofContainer(label("", "", "spc_t", ""), false, OWN, ""))
                .isInstanceOf(CarafeException.Unsupported.class)
                .hasMessageContaining("spc_t")
                .hasMessageContaining("this kernel has no SELinux");
    }

    @Test
    void theSpecificationSaysThem() {
        SpecBuilder builder = new SpecBuilder();
        builder.labels = container(null);
        var spec = OciSpec.of(builder.build());
        assertThat(spec.at("/process/selinuxLabel").asString()).isEqualTo(builder.labels.process());
        assertThat(spec.at("/linux/mountLabel").asString()).isEqualTo(builder.labels.file());
        assertThat(OciSpec.of(new SpecBuilder().build()).at("/linux/mountLabel").isMissingNode())
                .isTrue();
    }

    private static MountSpec mount(String path, boolean relabel) {
        return new MountSpec(
                "/mnt",
                path,
                false,
                false,
                relabel,
                MountSpec.Propagation.PRIVATE,
                List.of(),
                List.of(),
                null,
                "",
                List.of());
    }
}
