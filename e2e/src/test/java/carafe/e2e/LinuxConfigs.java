package carafe.e2e;

import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.LinuxPodSandboxConfig;
import carafe.proto.cri.LinuxSandboxSecurityContext;
import carafe.proto.cri.NamespaceOption;

/** Parts of a container's configuration that several tests say. */
final class LinuxConfigs {
    private LinuxConfigs() {}

    static LinuxPodSandboxConfig podWithNamespaces(NamespaceOption options) {
        return LinuxPodSandboxConfig.newBuilder()
                .setSecurityContext(
                        LinuxSandboxSecurityContext.newBuilder().setNamespaceOptions(options))
                .build();
    }

    static LinuxContainerConfig withNamespaces(NamespaceOption options) {
        return LinuxContainerConfig.newBuilder()
                .setSecurityContext(
                        LinuxContainerSecurityContext.newBuilder().setNamespaceOptions(options))
                .build();
    }
}
