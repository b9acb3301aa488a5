package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.proto.cri.Capability;
import carafe.proto.cri.ContainerUser;
import carafe.proto.cri.Int64Value;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.LinuxContainerUser;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.LinuxSandboxSecurityContext;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.SELinuxOption;
import carafe.proto.cri.SecurityProfile;
import carafe.proto.cri.SecurityProfile.ProfileType;
import carafe.proto.cri.SupplementalGroupsPolicy;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a security context asks for is what the processes have, or the request fails. */
@Timeout(60)
final class SecurityContextIT {
    private static final String NET_ADMIN = "0000000000001000";

    @RegisterExtension static final Node node = new Node();

    @Test
    void ambientCapabilitiesReachAnOrdinaryUser() {
        String id =
                run(context ->
                        context.setRunAsUser(number(1000))
                                .setCapabilities(
                                        Capability.newBuilder()
                                                .addDropCapabilities("ALL")
                                                .addAddAmbientCapabilities("NET_ADMIN")));

        String script = "grep -E 'Cap(Eff|Prm|Bnd|Amb|Inh)' /proc/%s/status | cut -f2 | sort -u";
        assertThat(out(id, script.formatted("1"))).isEqualTo(NET_ADMIN);
        assertThat(out(id, script.formatted("self"))).isEqualTo(NET_ADMIN);
    }

    @Test
    void capabilitiesAreAddedAndDropped() {
        String id =
                run(context ->
                        context.setCapabilities(
                                Capability.newBuilder()
                                        .addAddCapabilities("NET_ADMIN")
                                        .addDropCapabilities("ALL")));

        assertThat(out(id, "grep CapEff /proc/1/status | cut -f2")).isEqualTo(NET_ADMIN);
        assertThatThrownBy(() ->
                        run(context ->
                                context.setCapabilities(
                                        Capability.newBuilder().addAddCapabilities("NO_SUCH"))))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("there is no capability NO_SUCH");
    }

    @Test
    void groupsOfTheImageAreMergedOrNot() {
        String merged =
                run(context -> context.setRunAsUser(number(1000)).addSupplementalGroups(3000));
        String strict =
                run(context ->
                        context.setRunAsUser(number(1000))
                                .addSupplementalGroups(3000)
                                .setSupplementalGroupsPolicy(SupplementalGroupsPolicy.Strict));

        assertThat(groups(merged)).isEqualTo("1000 2000 3000");
        assertThat(groups(strict)).isEqualTo("1000 3000");
        assertThat(node.kubelet().status(strict).getUser())
                .isEqualTo(
                        ContainerUser.newBuilder()
                                .setLinux(
                                        LinuxContainerUser.newBuilder()
                                                .setUid(1000)
                                                .setGid(1000)
                                                .addSupplementalGroups(1000)
                                                .addSupplementalGroups(3000))
                                .build());
    }

    @Test
    void usersThatCannotBeAreRefused() {
        assertRefused(context -> context.setRunAsUsername("nosuch"), "no user \"nosuch\"");
        assertRefused(context -> context.setRunAsGroup(number(5)), "run_as_group needs");
    }

    @Test
    void privileged() {
        String id = run(context -> context.setPrivileged(true));

        assertThat(out(id, "grep CapEff /proc/1/status | cut -f2")).isEqualTo(hostCapabilities());
        assertThat(out(id, "mkdir /tmp/m && mount -t tmpfs x /tmp/m; echo $?")).isEqualTo("0");
        assertThat(out(id, "touch /sys/kernel/x 2>&1 | grep -c Read-only")).isEqualTo("0");
        assertThat(out(id, "[ -e /dev/kmsg ] && echo kmsg")).isEqualTo("kmsg");
        assertThat(out(id, "grep Seccomp: /proc/1/status | cut -f2")).isEqualTo("0");
    }

    @Test
    void pathsAreHiddenOrShownAsListed() {
        String shown = run(_ -> {});
        String hidden =
                run(context ->
                        context.addMaskedPaths("/proc/cpuinfo").addReadonlyPaths("/proc/sys"));

        assertThat(out(shown, "wc -c < /proc/cpuinfo")).isNotEqualTo("0");
        assertThat(out(hidden, "wc -c < /proc/cpuinfo")).isEqualTo("0");
        String write = "echo 65 > /proc/sys/net/ipv4/ip_default_ttl; echo $?";
        assertThat(out(shown, write)).isEqualTo("0");
        assertThat(out(hidden, write)).isEqualTo("1");
    }

    @Test
    void seccompByEachOfItsNames() throws IOException {
        Path file = node.instance().scratch().resolve("no-chmod.json");
        Files.writeString(
                file,
                """
                {"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
                 {"names":["chmod","fchmod","fchmodat","fchmodat2"],"action":"SCMP_ACT_ERRNO"}]}
                """);
        SecurityProfile.Builder local =
                SecurityProfile.newBuilder()
                        .setProfileType(ProfileType.Localhost)
                        .setLocalhostRef(file.toString());
        String profiled = run(context -> context.setSeccomp(local));
        String named = run(context -> deprecatedPath(context, "localhost/" + file));
        String ordinary = run(context -> deprecatedPath(context, "runtime/default"));
        String free =
                run(context ->
                        deprecatedPath(context, "localhost/" + file)
                                .setSeccomp(
                                        SecurityProfile.newBuilder()
                                                .setProfileType(ProfileType.Unconfined)));

        String chmod = "touch /tmp/f; chmod 600 /tmp/f 2>/dev/null; echo $?";
        assertThat(out(profiled, chmod)).isEqualTo("1");
        assertThat(out(named, chmod)).isEqualTo("1");
        assertThat(out(ordinary, chmod)).isEqualTo("0");
        assertThat(out(ordinary, "grep Seccomp: /proc/1/status | cut -f2")).isEqualTo("2");
        assertThat(out(ordinary, "unshare -U true 2>/dev/null; echo $?")).isEqualTo("1");
        assertThat(out(free, "grep Seccomp: /proc/1/status | cut -f2")).isEqualTo("0");
    }

    @Test
    void aProfileThatCannotBeHonouredFailsTheContainer() throws IOException {
        Path file = node.instance().scratch().resolve("odd.json");
        Files.writeString(file, "{\"defaultAction\":\"SCMP_ACT_SOMETHING\"}");
        assertRefused(context -> context.setSeccomp(local(file.toString())), "SCMP_ACT_SOMETHING");
        assertRefused(context -> context.setSeccomp(local("/none/such.json")), "/none/such.json");
    }

    @Test
    void labelsThatThisKernelDoesNotKnowAreRefused() {
        assumeAbsent("apparmor");
        assertRefused(
                context ->
                        context.setApparmor(
                                SecurityProfile.newBuilder()
                                        .setProfileType(ProfileType.Localhost)
                                        .setLocalhostRef("mine")),
                "AppArmor");
        assertRefused(
                context -> context.setSelinuxOptions(SELinuxOption.newBuilder().setLevel("s0")),
                "SELinux");
    }

    @Test
    void noNewPrivilegesWithAFilterForAnOrdinaryUser() throws InterruptedException {
        String id =
                run(context ->
                        context.setRunAsUser(number(1000))
                                .setNoNewPrivs(true)
                                .setSeccomp(
                                        SecurityProfile.newBuilder()
                                                .setProfileType(ProfileType.RuntimeDefault)));

        String script = "grep -E '^(NoNewPrivs|Seccomp):' /proc/%s/status | cut -f2";
        assertThat(out(id, script.formatted("1"))).isEqualTo("1\n2");
        assertThat(out(id, script.formatted("self"))).isEqualTo("1\n2");
        node.kubelet().stop(id, 0);
        node.kubelet().awaitExit(id, Duration.ofSeconds(10));
    }

    private static void assumeAbsent(String module) {
        org.junit.jupiter.api.Assumptions.assumeFalse(
                Files.exists(Path.of("/sys/module", module)), module + " is there");
    }

    private static void assertRefused(
            Consumer<LinuxContainerSecurityContext.Builder> change, String why) {
        assertThatThrownBy(() -> run(change))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining(why)
                .satisfies(e ->
                        assertThat(Status.fromThrowable(e).getCode())
                                .isNotEqualTo(Status.Code.INTERNAL)
                                .isNotEqualTo(Status.Code.UNKNOWN));
    }

    private static SecurityProfile local(String name) {
        return SecurityProfile.newBuilder()
                .setProfileType(ProfileType.Localhost)
                .setLocalhostRef(name)
                .build();
    }

    @SuppressWarnings("deprecation") // older kubelets send nothing else
    private static LinuxContainerSecurityContext.Builder deprecatedPath(
            LinuxContainerSecurityContext.Builder context, String path) {
        return context.setSeccompProfilePath(path);
    }

    private static Int64Value number(long value) {
        return Int64Value.newBuilder().setValue(value).build();
    }

    private static String hostCapabilities() {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
            return lines.stream()
                    .filter(line -> line.startsWith("CapBnd:"))
                    .findFirst()
                    .orElseThrow()
                    .substring("CapBnd:\t".length());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String run(Consumer<LinuxContainerSecurityContext.Builder> change) {
        PodSandboxConfig pod =
                node.pod("secure")
                        .setLinux(
                                LinuxPodSandboxConfig.newBuilder()
                                        .setSecurityContext(
                                                LinuxSandboxSecurityContext.newBuilder()
                                                        .setPrivileged(true)))
                        .build();
        String podId = node.kubelet().runPod(pod);
        LinuxContainerSecurityContext.Builder context = LinuxContainerSecurityContext.newBuilder();
        change.accept(context);
        return node.kubelet()
                .run(
                        podId,
                        pod,
                        node.container("secure", "sleep", "100")
                                .setLinux(
                                        LinuxContainerConfig.newBuilder()
                                                .setSecurityContext(context))
                                .build());
    }

    private static String groups(String id) {
        return out(id, "id -G | tr ' ' '\\n' | sort -n | tr '\\n' ' '").strip();
    }

    /** What a script prints in the container, without the last line's end. */
    private static String out(String id, String script) {
        return node.kubelet()
                .exec(id, "sh", "-c", script)
                .getStdout()
                .toStringUtf8()
                .replaceFirst("\n$", "");
    }
}
