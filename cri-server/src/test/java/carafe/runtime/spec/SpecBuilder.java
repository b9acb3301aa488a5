package carafe.runtime.spec;

import carafe.image.ImageConfig;
import carafe.runtime.api.Bytes;
import carafe.runtime.api.CapabilityChanges;
import carafe.runtime.api.ContainerMetadata;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.EnvVar;
import carafe.runtime.api.GroupsPolicy;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.ProcessUser;
import carafe.runtime.api.Resources;
import carafe.runtime.port.ProcessId;
import carafe.runtime.port.Selinux;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Requests for specifications, changed field by field. */
final class SpecBuilder {
    List<String> command = List.of();
    List<String> args = List.of();
    String workingDir = "";
    List<EnvVar> env = new ArrayList<>();
    List<MountSpec> mounts = List.of();
    Resources resources = Resources.NONE;
    boolean privileged;
    boolean readonlyRootfs;
    boolean tty;
    @Nullable NamespaceModes containerModes;
    @Nullable List<String> masked;
    NamespaceModes podModes = NamespaceModes.ofPod();
    List<SpecRequest.DeviceGrant> devices = List.of();
    List<OciMount> deviceMounts = List.of();
    List<OciHook> hooks = List.of();
    @Nullable ProcessId target;
    Selinux.Contexts labels = Selinux.Contexts.NONE;
    List<String> imageEnv = List.of("PATH=/bin");
    List<String> entrypoint = List.of("/entry");
    List<String> cmd = List.of("arg");

    void env(String name, String value) {
        env.add(new EnvVar(name, Bytes.ofUtf8(value)));
    }

    SpecRequest build() {
        return new SpecRequest(
                new ContainerSpec(
                        new ContainerMetadata("app", 0),
                        new ImageName("demo", "demo", "", Map.of()),
                        command,
                        args,
                        workingDir,
                        env,
                        mounts,
                        List.of(),
                        List.of(),
                        Map.of(),
                        Map.of("io.evil/hook", "/bin/sh"),
                        "",
                        new ContainerSpec.Stdio(false, false, tty),
                        resources,
                        security(),
                        null),
                new ImageConfig(
                        "",
                        imageEnv,
                        entrypoint,
                        cmd,
                        "/work",
                        List.of("/../../etc"),
                        "",
                        Map.of("containerd.io/restart", "x"),
                        "linux",
                        "amd64",
                        ""),
                new PodContext(
                        "pod",
                        new ProcessId(77, 1),
                        podModes,
                        "host",
                        Path.of("/run/c/pods/p/mem")),
                new ResolvedUser(new ProcessUser(1000, 100, List.of(100L, 33L)), "/home/web"),
                devices,
                deviceMounts,
                hooks,
                "/carafe/p/c",
                target,
                new HostFacts(Set.of("CAP_CHOWN", "CAP_KILL", "CAP_SYS_ADMIN"), 1024, 4096),
                labels);
    }

    private ContainerSecurity security() {
        return new ContainerSecurity(
                CapabilityChanges.NONE,
                privileged,
                containerModes,
                null,
                null,
                "",
                null,
                readonlyRootfs,
                List.of(),
                GroupsPolicy.MERGE,
                true,
                masked,
                null,
                null,
                null);
    }
}
