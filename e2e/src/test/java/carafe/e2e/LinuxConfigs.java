package carafe.e2e;

import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerSecurityContext;
import carafe.proto.cri.NamespaceOption;

/** Parts of a container's configuration that several tests say. */
final class LinuxConfigs {
    private LinuxConfigs() {}

    static LinuxContainerConfig withNamespaces(NamespaceOption options) {
        return LinuxContainerConfig.newBuilder()
                .setSecurityContext(
                        LinuxContainerSecurityContext.newBuilder().setNamespaceOptions(options))
                .build();
    }
}
