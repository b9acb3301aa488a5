package carafe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.api.Caller;
import carafe.runtime.api.CapabilityChanges;
import carafe.runtime.api.ContainerMetadata;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.DeviceSpec;
import carafe.runtime.api.GroupsPolicy;
import carafe.runtime.api.IdMapping;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.MountSpec.Propagation;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.api.Resources;
import carafe.runtime.api.SandboxMetadata;
import carafe.runtime.api.SandboxSpec;
import carafe.runtime.api.SecurityProfile;
import carafe.runtime.api.SelinuxLabel;
import carafe.runtime.port.HostPaths;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, is refused by name and leaves nothing. */
class RefusalTest {
    @TempDir private Path base;
    private RuntimeRig rig;

    @BeforeEach
    void start() {
        rig = new RuntimeRig(base);
        rig.runtime.recover();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-bad", "a b", "läuft", "a\nb", "bad-"})
    void hostnamesAreChecked(String hostname) {
        SandboxSpec good = Requests.pod("web", rig.node.logs());
        SandboxSpec bad =
                new SandboxSpec(
                        good.metadata(),
                        hostname,
                        "",
                        null,
                        List.of(),
                        Map.of(),
                        Map.of(),
                        "",
                        good.linux());
        assertPodRefused(bad, CarafeException.Invalid.class, "hostname");
    }

    @Test
    void unknownHandlersAreRefused() {
        SandboxSpec good = Requests.pod("web", rig.node.logs());
        assertPodRefused(
                new SandboxSpec(
                        good.metadata(),
                        "web",
                        "",
                        null,
                        List.of(),
                        Map.of(),
                        Map.of(),
                        "kata",
                        good.linux()),
                CarafeException.Invalid.class,
                "kata");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\u0000b", "a\nb"})
    void namesOfPodsAreChecked(String name) {
        SandboxSpec good = Requests.pod("web", rig.node.logs());
        assertPodRefused(
                new SandboxSpec(
                        new SandboxMetadata(name, "u", "n", 0),
                        "web",
                        "",
                        null,
                        List.of(),
                        Map.of(),
                        Map.of(),
                        "",
                        good.linux()),
                CarafeException.Invalid.class,
                "name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative/log", "/var/../etc", "/a\u0000"})
    void logDirectoriesAreChecked(String directory) {
        SandboxSpec good = Requests.pod("web", rig.node.logs());
        assertPodRefused(
                new SandboxSpec(
                        good.metadata(),
                        "web",
                        directory,
                        null,
                        List.of(),
                        Map.of(),
                        Map.of(),
                        "",
                        good.linux()),
                CarafeException.Invalid.class,
                "log_directory");
    }

    @Test
    void aContainersIdsAreItsPods() {
        List<IdMapping> ids = List.of(new IdMapping(0, 1000, 10));
        NamespaceModes modes =
                new NamespaceModes(
                        Mode.POD,
                        Mode.CONTAINER,
                        Mode.POD,
                        "",
                        new NamespaceModes.UserNamespace(Mode.POD, ids, ids));
        assertRefused(
                Requests.container("app", security(modes, null, null), List.of()),
                CarafeException.Invalid.class,
                "must be its pod's");
    }

    @Test
    void labelsOfSecurityModulesAreNotIgnored() {
        SelinuxLabel label = new SelinuxLabel("", "", "", "s0:c1,c2");
        assertRefused(
                Requests.container("app", security(null, label, null), List.of()),
                CarafeException.Unsupported.class,
                "SELinux");
        SecurityProfile profile = new SecurityProfile(SecurityProfile.Kind.RUNTIME_DEFAULT, "");
        assertRefused(
                Requests.container("app", security(null, null, profile), List.of()),
                CarafeException.Unsupported.class,
                "AppArmor");
    }

    @Test
    void aMissingSourceIsNamed() {
        assertRefused(
                mounting(MountSpec.bind("/not/there", "/data")),
                CarafeException.Invalid.class,
                "/not/there");
    }

    @Test
    void mappingsOfAMountAreOfUsersAndGroups() {
        rig.node.host().add("/data");
        assertRefused(
                mounting(mount(false, List.of(new IdMapping(0, 1, 1)), null, List.of())),
                CarafeException.Invalid.class,
                "users and groups together");
    }

    @Test
    void onlyThreeMountOptionsThereAre() {
        rig.node.host().add("/data");
        assertRefused(
                mounting(mount(false, List.of(), null, List.of("noexec", "exec"))),
                CarafeException.Invalid.class,
                "\"exec\"");
    }

    @Test
    void recursiveReadOnlyNeedsReadOnlyPrivateAndTheKernel() {
        rig.node.host().setPropagation("/data", HostPaths.Propagation.SHARED);
        assertRefused(
                mounting(recursive(false, Propagation.PRIVATE)),
                CarafeException.Invalid.class,
                "recursive_read_only needs readonly");
        assertRefused(
                mounting(recursive(true, Propagation.HOST_TO_CONTAINER)),
                CarafeException.Invalid.class,
                "HOST_TO_CONTAINER");
        rig.node.host().forbidReadOnlyRecursively();
        assertRefused(
                mounting(recursive(true, Propagation.PRIVATE)),
                CarafeException.Unsupported.class,
                "RROUnsupported: ");
    }

    @Test
    void propagationNeedsASourceThatPropagates() {
        rig.node.host().setPropagation("/data", HostPaths.Propagation.PRIVATE);
        assertRefused(
                mounting(propagated(Propagation.HOST_TO_CONTAINER)),
                CarafeException.Invalid.class,
                "shared or slave");
        rig.node.host().setPropagation("/data", HostPaths.Propagation.SLAVE);
        assertRefused(
                mounting(propagated(Propagation.BIDIRECTIONAL)),
                CarafeException.Invalid.class,
                "shared");
        rig.node.host().setPropagation("/data", HostPaths.Propagation.SHARED);
        String pod = rig.runPod("web");
        rig.runtime.createContainer(
                pod, mounting(propagated(Propagation.BIDIRECTIONAL)), Caller.PATIENT);
    }

    @Test
    void devicesMustBeThere() {
        assertRefused(
                with(List.of(new DeviceSpec("/dev/x", "/dev/x", "rw")), Resources.NONE),
                CarafeException.Invalid.class,
                "/dev/x");
        assertRefused(
                with(List.of(new DeviceSpec("/dev/x", "/dev/x", "rwx")), Resources.NONE),
                CarafeException.Invalid.class,
                "rwx");
    }

    @Test
    void devicesReachTheCgroup() {
        rig.node.host().add(new HostPaths.Device("/dev/snd/a", 'c', 116, 1, 0660, 0, 29));
        rig.node.host().add(new HostPaths.Device("/dev/snd/b", 'c', 116, 2, 0660, 0, 29));
        String pod = rig.runPod("web");
        String id =
                rig.runtime.createContainer(
                        pod,
                        with(
                                List.of(new DeviceSpec("/dev/audio", "/dev/snd", "rw")),
                                Resources.NONE),
                        Caller.PATIENT);
        assertThat(rig.node.cgroups().limits("/carafe/" + pod + "/" + id))
                .hasValueSatisfying(limits -> assertThat(limits.devices()).hasSize(2));
        assertThat(rig.runtime.containerDetails(id).configJson())
                .contains("/dev/audio/a", "/dev/audio/b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0-4294967295", "a", "1-", "0,,1", "0-1\n"})
    void cpusetsAreChecked(String cpus) {
        Resources limits = new Resources(0, 0, 0, 0, 0, cpus, "", Map.of(), Map.of(), 0);
        assertRefused(with(List.of(), limits), CarafeException.Invalid.class, "cpuset");
    }

    @Test
    void aTargetMustBeARunningNeighbour() {
        String other = rig.createAndStart(rig.runPod("other"), "stranger");
        String pod = rig.runPod("web");
        String created = rig.create(pod, "created");
        String running = rig.createAndStart(pod, "running");
        assertThatThrownBy(() -> target(pod, other))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("another pod");
        assertThatThrownBy(() -> target(pod, created))
                .isInstanceOf(CarafeException.Precondition.class);
        assertThat(rig.runtime.containerDetails(target(pod, running)).configJson())
                .contains("/proc/" + rig.runtime.containerDetails(running).pid() + "/ns/pid");
    }

    private String target(String pod, String target) {
        NamespaceModes modes = new NamespaceModes(Mode.POD, Mode.TARGET, Mode.POD, target, null);
        return rig.runtime.createContainer(
                pod,
                Requests.container("debug", security(modes, null, null), List.of()),
                Caller.PATIENT);
    }

    private void assertPodRefused(
            SandboxSpec spec, Class<? extends CarafeException> kind, String word) {
        assertThatThrownBy(() -> rig.runtime.runSandbox(spec, Caller.PATIENT))
                .isInstanceOf(kind)
                .hasMessageContaining(word);
        assertThat(rig.leftovers()).isEmpty();
    }

    private void assertRefused(
            ContainerSpec spec, Class<? extends CarafeException> kind, String word) {
        String pod = rig.runPod("web");
        assertThatThrownBy(() -> rig.runtime.createContainer(pod, spec, Caller.PATIENT))
                .isInstanceOf(kind)
                .hasMessageContaining(word);
        rig.runtime.removeSandbox(pod);
        assertThat(rig.leftovers()).isEmpty();
    }

    private static ContainerSpec mounting(MountSpec mount) {
        return Requests.container("app", ContainerSecurity.NONE, List.of(mount));
    }

    private static MountSpec propagated(Propagation propagation) {
        return new MountSpec(
                "/data",
                "/data",
                false,
                false,
                false,
                propagation,
                List.of(),
                List.of(),
                null,
                "",
                List.of());
    }

    private static MountSpec recursive(boolean readonly, Propagation propagation) {
        return new MountSpec(
                "/data",
                "/data",
                readonly,
                true,
                false,
                propagation,
                List.of(),
                List.of(),
                null,
                "",
                List.of());
    }

    private static MountSpec mount(
            boolean recursiveReadOnly,
            List<IdMapping> ids,
            @Nullable ImageName image,
            List<String> options) {
        return new MountSpec(
                "/data",
                "/data",
                true,
                recursiveReadOnly,
                false,
                Propagation.PRIVATE,
                ids,
                List.of(),
                image,
                "",
                options);
    }

    private static ContainerSpec with(List<DeviceSpec> devices, Resources limits) {
        ContainerSpec plain = Requests.container("app");
        return new ContainerSpec(
                new ContainerMetadata("app", 0),
                plain.image(),
                List.of(),
                List.of(),
                "",
                List.of(),
                List.of(),
                devices,
                List.of(),
                Map.of(),
                Map.of(),
                "",
                ContainerSpec.Stdio.NONE,
                limits,
                ContainerSecurity.NONE,
                null);
    }

    private static ContainerSecurity security(
            @Nullable NamespaceModes modes,
            @Nullable SelinuxLabel label,
            @Nullable SecurityProfile apparmor) {
        return new ContainerSecurity(
                CapabilityChanges.NONE,
                false,
                modes,
                label,
                null,
                "",
                null,
                false,
                List.of(),
                GroupsPolicy.MERGE,
                false,
                null,
                null,
                null,
                apparmor);
    }
}
