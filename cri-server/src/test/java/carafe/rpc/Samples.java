package carafe.rpc;

import carafe.runtime.api.ContainerMetadata;
import carafe.runtime.api.ContainerPhase;
import carafe.runtime.api.ContainerStatus;
import carafe.runtime.api.ContainerView;
import carafe.runtime.api.IdMapping;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.ProcessUser;
import carafe.runtime.api.Resources;
import carafe.runtime.api.SandboxMetadata;
import carafe.runtime.api.SandboxState;
import carafe.runtime.api.SandboxStatus;
import carafe.runtime.api.SandboxView;
import carafe.runtime.api.StopSignal;
import java.util.List;
import java.util.Map;

/** Domain records with nothing left at its default. */
public final class Samples {
    public static final String POD = "a".repeat(64);
    public static final String CONTAINER = "b".repeat(64);

    private Samples() {}

    public static SandboxStatus sandboxStatus() {
        IdMapping ids = new IdMapping(1, 100_000, 65_536);
        return new SandboxStatus(
                new SandboxView(
                        POD,
                        new SandboxMetadata("web", "uid-1", "default", 2),
                        SandboxState.NOT_READY,
                        1_700_000_000_000_000_001L,
                        Map.of("app", "web"),
                        Map.of("note", "n"),
                        "runc"),
                List.of("10.1.2.3", "fd00::3"),
                new NamespaceModes(
                        NamespaceModes.Mode.NODE,
                        NamespaceModes.Mode.TARGET,
                        NamespaceModes.Mode.NODE,
                        CONTAINER,
                        new NamespaceModes.UserNamespace(
                                NamespaceModes.Mode.NODE, List.of(ids), List.of(ids))),
                4242,
                "/kubepods/pod1",
                Resources.NONE,
                containerStatus().resources(),
                List.of(containerStatus()));
    }

    public static ContainerStatus containerStatus() {
        ImageName image = new ImageName("sha256:ab", "busybox:1", "runc", Map.of("k", "v"));
        return new ContainerStatus(
                new ContainerView(
                        CONTAINER,
                        POD,
                        new ContainerMetadata("main", 3),
                        image,
                        "busybox@sha256:cd",
                        "sha256:ab",
                        ContainerPhase.EXITED,
                        11,
                        Map.of("app", "web"),
                        Map.of("note", "n")),
                12,
                13,
                137,
                "OOMKilled",
                "killed by the kernel",
                List.of(
                        new MountSpec(
                                "/data",
                                "/srv",
                                true,
                                true,
                                true,
                                MountSpec.Propagation.BIDIRECTIONAL,
                                List.of(new IdMapping(1, 2, 3)),
                                List.of(new IdMapping(1, 2, 3)),
                                image,
                                "sub",
                                List.of("noexec"))),
                "/var/log/pods/web/main/3.log",
                new Resources(
                        100_000,
                        50_000,
                        512,
                        1 << 20,
                        -998,
                        "0-1",
                        "0",
                        Map.of("2MB", 4L << 20),
                        Map.of("memory.high", "max"),
                        2 << 20),
                new ProcessUser(1000, 1001, List.of(1001L, 1002L)),
                new StopSignal("SIGRTMIN+3", 37));
    }
}
