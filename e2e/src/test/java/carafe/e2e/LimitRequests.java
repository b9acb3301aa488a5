package carafe.e2e;

import carafe.proto.cri.ContainerConfig;
import carafe.proto.cri.HugepageLimit;
import carafe.proto.cri.LinuxContainerConfig;
import carafe.proto.cri.LinuxContainerResources;

/** Limits as tests say them. */
final class LimitRequests {
    static final long MIB = 1 << 20;

    private LimitRequests() {}

    /** A container of the tools image with limits. */
    static ContainerConfig limited(
            Node node, String name, LinuxContainerResources.Builder resources, String... command) {
        return node.container(name, command)
                .setLinux(LinuxContainerConfig.newBuilder().setResources(resources))
                .build();
    }

    static LinuxContainerResources.Builder memory(long bytes) {
        return LinuxContainerResources.newBuilder().setMemoryLimitInBytes(bytes);
    }

    static HugepageLimit.Builder page(String size, long bytes) {
        return HugepageLimit.newBuilder().setPageSize(size).setLimit(bytes);
    }
}
