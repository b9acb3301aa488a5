package carafe.runtime;

import carafe.runtime.api.ContainerMetadata;
import carafe.runtime.api.ContainerSecurity;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.ImageName;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.api.Resources;
import carafe.runtime.api.SandboxMetadata;
import carafe.runtime.api.SandboxSpec;
import carafe.runtime.fake.FakeImages;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Requests for tests. */
public final class Requests {
    private Requests() {}

    public static SandboxSpec pod(String name, Path logs) {
        return pod(name, logs, NamespaceModes.ofPod());
    }

    public static SandboxSpec podOfNode(String name, Path logs) {
        return pod(name, logs, new NamespaceModes(Mode.NODE, Mode.CONTAINER, Mode.NODE, "", null));
    }

    public static SandboxSpec pod(String name, Path logs, NamespaceModes modes) {
        return new SandboxSpec(
                new SandboxMetadata(name, "uid-" + name, "default", 0),
                name,
                logs.toString(),
                null,
                List.of(),
                Map.of("app", name),
                Map.of("note", "kept"),
                "",
                new SandboxSpec.Linux(
                        "",
                        new SandboxSpec.Security(modes, true, null, null, null, null, null),
                        Map.of(),
                        Resources.NONE,
                        Resources.NONE));
    }

    public static ContainerSpec container(String name) {
        return container(name, ContainerSecurity.NONE, List.of());
    }

    public static ContainerSpec container(
            String name, ContainerSecurity security, List<MountSpec> mounts) {
        return new ContainerSpec(
                new ContainerMetadata(name, 0),
                new ImageName(FakeImages.NAME, "demo:1", "", Map.of()),
                List.of(),
                List.of(),
                "",
                List.of(),
                mounts,
                List.of(),
                List.of(),
                Map.of("tier", name),
                Map.of(),
                name + "/0.log",
                ContainerSpec.Stdio.NONE,
                Resources.NONE,
                security,
                null);
    }
}
