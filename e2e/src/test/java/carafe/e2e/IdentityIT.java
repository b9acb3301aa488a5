package carafe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.Image;
import carafe.proto.cri.ImageSpec;
import carafe.proto.cri.ImageStatusRequest;
import carafe.proto.cri.Int64Value;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.PodSandboxConfig;
import carafe.proto.cri.SupplementalGroupsPolicy;
import carafe.testkit.image.TarBuilder;
import carafe.testkit.image.TarBuilder.Attributes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who a container's processes are: no text of an image or a request makes anybody root. */
@Timeout(120)
final class IdentityIT {
    @RegisterExtension static final Node node = new Node();

    /** Users to ask for, and who that is; 0 = nobody, it must be refused. */
    private static final Map<String, Long> USERS =
            Map.ofEntries(
                    Map.entry("2147483648", 2147483648L),
                    Map.entry("4294967294", 4294967294L),
                    Map.entry("4294967295", 0L),
                    Map.entry("4294967296", 0L),
                    Map.entry("90000000000000000000", 0L),
                    Map.entry("9e19", 0L),
                    Map.entry("-1", 0L),
                    Map.entry("0x10", 0L),
                    Map.entry("01000", 0L),
                    Map.entry(" 1", 0L),
                    Map.entry("1:4294967296", 0L),
                    Map.entry("1:1:1", 0L));

    private static ForgedImages forged;

    private PodSandboxConfig pod;
    private String podId;

    @BeforeAll
    static void serve() throws IOException {
        forged = ForgedImages.serve();
    }

    @AfterAll
    static void close() throws IOException {
        forged.close();
    }

    @AfterEach
    void removeImages() {
        forged.removePulled(node);
    }

    @BeforeEach
    void runPod() {
        pod = node.pod("who").build();
        podId = node.kubelet().runPod(pod);
    }

    /** P03: as the image's USER, each of them mapped to root by the image's own files. */
    @Test
    @ShimOnly("runc knows no user and group ids above 2147483647")
    void numbersOfAnImageAreNeverNames() {
        USERS.forEach((user, uid) -> {
            String config = "{\"Env\":[\"PATH=/bin\"],\"User\":\"%s\"}".formatted(user);
            assertUser(user, uid, container(pulled(config)).build());
        });
    }

    /** P03: the same as the request's user name. */
    @Test
    @ShimOnly("runc knows no user and group ids above 2147483647")
    void numbersOfARequestAreNeverNames() {
        String image = pulled("{\"Env\":[\"PATH=/bin\"]}");
        USERS.forEach((user, uid) -> {
            LinuxContainerSecurityContext security =
                    LinuxContainerSecurityContext.newBuilder().setRunAsUsername(user).build();
            assertUser(user, uid, container(image).setLinux(linux(security)).build());
        });
    }

    /** P04: the image's user each time, also after a restart and from the image that is here. */
    @Test
    void theUserOfACachedImage() throws IOException, InterruptedException {
        String image = pulled("{\"Env\":[\"PATH=/bin\"],\"User\":\"1001\"}");
        assertThat(uid(container(image).build())).isEqualTo(1001);
        node.daemon().kill();
        node.daemon().start();
        node.client().reconnectNow();
        assertThat(uid(container(image).build())).isEqualTo(1001);
        node.kubelet().pull(image);
        assertThat(uid(container(image).build())).isEqualTo(1001);
        assertThat(imageStatus(image).getUid().getValue()).isEqualTo(1001);
        assertThat(imageStatus(image).getUsername()).isEmpty();

        String named = pulled("{\"Env\":[\"PATH=/bin\"],\"User\":\"app:2000\"}");
        assertThat(imageStatus(named).getUsername()).isEqualTo("app");
        assertThat(imageStatus(named).hasUid()).isFalse();
    }

    /**
     * P05: a group that a file shuts out cannot be left, and the groups are exactly those asked.
     */
    @Test
    void groupsAreExact() {
        String image = pulled("{\"Env\":[\"PATH=/bin\"]}");
        LinuxContainerSecurityContext.Builder app =
                LinuxContainerSecurityContext.newBuilder().setRunAsUser(id(1000));
        LinuxContainerSecurityContext merged = app.clone().addSupplementalGroups(3000).build();
        LinuxContainerSecurityContext strict =
                app.clone()
                        .addSupplementalGroups(3000)
                        .setSupplementalGroupsPolicy(SupplementalGroupsPolicy.Strict)
                        .build();
        LinuxContainerSecurityContext member = app.clone().setRunAsGroup(id(2000)).build();
        LinuxContainerSecurityContext strictMember =
                member.toBuilder()
                        .setSupplementalGroupsPolicy(SupplementalGroupsPolicy.Strict)
                        .build();

        assertThat(groupsAndFile(image, merged)).isEqualTo("1000 2000 3000 denied");
        assertThat(groupsAndFile(image, strict)).isEqualTo("1000 3000 for others");
        assertThat(groupsAndFile(image, member)).isEqualTo("2000 denied");
        assertThat(groupsAndFile(image, strictMember)).isEqualTo("2000 denied");
    }

    private String groupsAndFile(String image, LinuxContainerSecurityContext security) {
        String id =
                node.kubelet().run(podId, pod, container(image).setLinux(linux(security)).build());
        String script =
                "echo $(id -G | tr ' ' '\\n' | sort -n) $(cat /shut 2>/dev/null || echo denied)";
        String said =
                node.kubelet().exec(id, "sh", "-c", script).getStdout().toStringUtf8().strip();
        String ofInit = "grep Groups /proc/1/status";
        String ofExec = "grep Groups /proc/self/status";
        assertThat(node.kubelet().exec(id, "sh", "-c", ofInit).getStdout())
                .isEqualTo(node.kubelet().exec(id, "sh", "-c", ofExec).getStdout());
        node.kubelet().remove(id);
        return said;
    }

    private void assertUser(String user, long uid, ContainerConfig container) {
        if (uid != 0) {
            assertThat(uid(container)).as("user \"%s\"", user).isEqualTo(uid);
            return;
        }
        Optional<StatusRuntimeException> refusal = Optional.empty();
        try {
            assertThat(uid(container)).as("user \"%s\" is somebody", user).isNegative();
        } catch (StatusRuntimeException e) {
            refusal = Optional.of(e);
        }
        assertThat(refusal).as("refusal of \"%s\"", user).isPresent();
        assertThat(refusal.get().getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(node.kubelet().containers()).isEmpty();
    }

    /** The uid of the container's first process, which must be that of an exec'd one. */
    private long uid(ContainerConfig container) {
        String id = node.kubelet().run(podId, pod, container);
        String script = "stat -c %u /proc/1; id -u";
        List<String> said =
                node.kubelet()
                        .exec(id, "sh", "-c", script)
                        .getStdout()
                        .toStringUtf8()
                        .lines()
                        .toList();
        assertThat(said).hasSize(2);
        assertThat(said.get(0)).isEqualTo(said.get(1));
        node.kubelet().remove(id);
        return Long.parseLong(said.get(0));
    }

    private static Image imageStatus(String image) {
        return node.client()
                .images()
                .imageStatus(
                        ImageStatusRequest.newBuilder()
                                .setImage(ImageSpec.newBuilder().setImage(image))
                                .build())
                .getImage();
    }

    private static String pulled(String config) {
        StringBuilder passwd =
                new StringBuilder("root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:\n");
        USERS.keySet().forEach(user -> passwd.append(user).append(":x:0:0::/root:/bin/sh\n"));
        TarBuilder top =
                new TarBuilder()
                        .file("etc/passwd", passwd.toString())
                        .file("etc/group", "root:x:0:\n1:x:0:\napp:x:1000:\nextra:x:2000:app\n")
                        .file(
                                "shut",
                                "for others\n".getBytes(StandardCharsets.UTF_8),
                                new Attributes(0604, 0, 2000, 1));
        return forged.pull(node, config, top);
    }

    private static ContainerConfig.Builder container(String image) {
        return node.container("who", "sleep", "1000")
                .setImage(ImageSpec.newBuilder().setImage(image));
    }

    private static LinuxContainerConfig linux(LinuxContainerSecurityContext security) {
        return LinuxContainerConfig.newBuilder().setSecurityContext(security).build();
    }

    private static Int64Value id(long value) {
        return Int64Value.newBuilder().setValue(value).build();
    }
}
