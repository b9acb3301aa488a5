package carafe.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import carafe.runtime.Requests;
import carafe.runtime.api.Bytes;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.DeviceSpec;
import carafe.runtime.api.EnvVar;
import carafe.runtime.api.IdMapping;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.api.ProcessUser;
import carafe.runtime.cdi.ContainerEdits;
import carafe.runtime.cdi.ContainerEdits.DeviceNode;
import carafe.runtime.cdi.ContainerEdits.Hook;
import carafe.runtime.cdi.ContainerEdits.Mount;
import carafe.runtime.fake.FakeHostPaths;
import carafe.runtime.port.HostPaths;
import carafe.runtime.spec.OciHook;
import carafe.runtime.spec.OciMount;
import carafe.runtime.spec.ResolvedUser;
import carafe.runtime.spec.SpecRequest.DeviceGrant;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Devices by path and by CDI: whose they are, and what comes with them. */
class DeviceGrantsTest {
    private static final ResolvedUser WEB =
            new ResolvedUser(new ProcessUser(1000, 100, List.of(100L)), "/home/web");
    private static final ResolvedUser ROOT =
            new ResolvedUser(new ProcessUser(0, 0, List.of(0L)), "/root");

    private static final NamespaceModes OWN = NamespaceModes.ofPod();

    private final FakeHostPaths host = new FakeHostPaths();
    private final CdiGrants cdi = new CdiGrants(host);

    @BeforeEach
    void addDevice() {
        host.add(new HostPaths.Device("/dev/card", 'c', 226, 1, 0660, 7, 44));
        host.add("/opt/lib");
    }

    @Test
    void devicesAreTheNodesUnlessTheyAreToBeTheUsers() {
        assertThat(owner(DeviceGrants.Ownership.OF_NODE, 1000L, 100L)).isEqualTo("7:44");
        assertThat(owner(DeviceGrants.Ownership.OF_USER, 1000L, 100L)).isEqualTo("1000:100");
        assertThat(owner(DeviceGrants.Ownership.OF_USER, 1000L, null)).isEqualTo("1000:44");
        assertThat(owner(DeviceGrants.Ownership.OF_USER, null, null)).isEqualTo("7:44");
    }

    private String owner(DeviceGrants.Ownership ownership, @Nullable Long uid, @Nullable Long gid) {
        ContainerSpec spec = Requests.container("app", security(uid, gid), List.of());
        DeviceSpec device = new DeviceSpec("", "/dev/card", "rw");
        HostPaths.Device found =
                new DeviceGrants(host, ownership).of(withDevice(spec, device)).getFirst().device();
        return found.uid() + ":" + found.gid();
    }

    @Test
    void aCdiNodeTakesFromTheNodeWhatItsFileDoesNotSay() {
        DeviceNode plain = node("/dev/card", "", -1, -1, -1, -1);
        assertThat(cdi.devices(nodes(plain), ROOT))
                .containsExactly(
                        new DeviceGrant(
                                "/dev/a",
                                new HostPaths.Device("/dev/card", 'c', 226, 1, 0660, 7, 44),
                                "rwm"));
        assertThat(cdi.devices(nodes(plain), WEB).getFirst().device())
                .as("without an owner in the file it is the user's")
                .isEqualTo(new HostPaths.Device("/dev/card", 'c', 226, 1, 0660, 1000, 100));
        DeviceNode whole = node("/dev/none", "b", 8, 3, 0600, 5);
        assertThat(cdi.devices(nodes(whole), WEB).getFirst().device())
                .isEqualTo(new HostPaths.Device("/dev/none", 'b', 8, 3, 0600, 5, 100));
    }

    @Test
    void aCdiNodeThatIsNowhereIsRefused() {
        assertThatThrownBy(() -> cdi.check(nodes(node("/dev/none", "c", 8, -1, -1, -1)), OWN))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("/dev/none is no device");
        assertThatThrownBy(() -> cdi.check(nodes(node("/dev/card", "p", 1, 1, -1, -1)), OWN))
                .isInstanceOf(CarafeException.Unsupported.class)
                .hasMessageContaining("FIFO");
    }

    @Test
    void cdiMountsAreBindsUnlessTheySayMore() {
        assertThat(
                        cdi.mounts(
                                mounts(
                                        new Mount("/opt/lib", "/usr/lib/", "", List.of("ro")),
                                        new Mount(
                                                "/opt/lib",
                                                "/b",
                                                "bind",
                                                List.of("bind", "rslave")),
                                        new Mount("tmpfs", "/t", "tmpfs", List.of("size=1m")))))
                .containsExactly(
                        new OciMount(
                                "/usr/lib", "bind", "/opt/lib", List.of("rbind", "ro", "rprivate")),
                        new OciMount("/b", "bind", "/opt/lib", List.of("bind", "rslave")),
                        new OciMount("/t", "tmpfs", "tmpfs", List.of("size=1m")));
    }

    @Test
    void cdiMountsThatCannotBeMadeAreRefused() {
        assertRefused(new Mount("/opt/none", "/a", "", List.of()), "/opt/none");
        assertRefused(new Mount("lib", "/a", "", List.of()), "\"lib\"");
        assertRefused(new Mount("/opt/lib", "/a/..", "", List.of()), "on /");
        assertRefused(new Mount("/opt/lib", "/a", "nfs", List.of()), "nfs");
    }

    private void assertRefused(Mount mount, String word) {
        assertThatThrownBy(() -> cdi.check(mounts(mount), OWN))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining(word);
    }

    @Test
    void aHookThatNeedsTheBundleIsRefusedInAUserNamespace() {
        Hook hook = new Hook("createContainer", "/bin/hook", List.of(), List.of(), Duration.ZERO);
        ContainerEdits edits =
                new ContainerEdits(List.of(), List.of(), List.of(), List.of(hook), List.of());
        List<IdMapping> ids = List.of(new IdMapping(0, 100_000, 65_536));
        NamespaceModes mapped =
                new NamespaceModes(
                        Mode.POD,
                        Mode.CONTAINER,
                        Mode.POD,
                        "",
                        new NamespaceModes.UserNamespace(Mode.POD, ids, ids));
        assertThatThrownBy(() -> cdi.check(edits, mapped))
                .isInstanceOf(CarafeException.Unsupported.class)
                .hasMessageContaining("createContainer /bin/hook");
        cdi.check(edits, OWN);
        assertThat(CdiGrants.hooks(edits))
                .containsExactly(
                        new OciHook(
                                "createContainer",
                                "/bin/hook",
                                List.of(),
                                List.of(),
                                Duration.ZERO));
    }

    @Test
    void groupsOfDevicesAreAddedOnce() {
        ContainerEdits edits =
                new ContainerEdits(
                        List.of(new EnvVar("A", Bytes.ofUtf8("b"))),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(44L, 100L));
        assertThat(cdi.inGroups(edits, WEB).ids().supplementalGroups()).containsExactly(100L, 44L);
    }

    private static DeviceNode node(
            String hostPath, String type, long major, long minor, long mode, long uid) {
        return new DeviceNode("/dev/a", hostPath, type, major, minor, mode, "", uid, -1);
    }

    private static ContainerEdits nodes(DeviceNode... nodes) {
        return new ContainerEdits(List.of(), List.of(nodes), List.of(), List.of(), List.of());
    }

    private static ContainerEdits mounts(Mount... mounts) {
        return new ContainerEdits(List.of(), List.of(), List.of(mounts), List.of(), List.of());
    }

    private static ContainerSecurity security(@Nullable Long uid, @Nullable Long gid) {
        ContainerSecurity none = ContainerSecurity.NONE;
        return new ContainerSecurity(
                none.capabilities(),
                false,
                null,
                null,
                uid,
                "",
                gid,
                false,
                List.of(),
                none.groupsPolicy(),
                false,
                null,
                null,
                null,
                null);
    }

    private static ContainerSpec withDevice(ContainerSpec spec, DeviceSpec device) {
        return new ContainerSpec(
                spec.metadata(),
                spec.image(),
                spec.command(),
                spec.args(),
                spec.workingDir(),
                spec.env(),
                spec.mounts(),
                List.of(device),
                spec.cdiDevices(),
                spec.labels(),
                spec.annotations(),
                spec.logPath(),
                spec.stdio(),
                spec.resources(),
                spec.security(),
                spec.stopSignal());
    }
}
