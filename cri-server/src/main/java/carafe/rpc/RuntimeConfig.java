package carafe.rpc;

import carafe.proto.cri.CgroupDriver;
import carafe.proto.cri.LinuxRuntimeConfiguration;
import carafe.proto.cri.RuntimeConfigRequest;
import carafe.proto.cri.RuntimeConfigResponse;
import java.util.Map;

/**
 * Tells kubelet how to write cgroup parents: as paths or as slices.
 *
 * @param driver in the protocol's words
 */
record RuntimeConfig(CgroupDriver driver)
        implements Rpc<RuntimeConfigRequest, RuntimeConfigResponse> {
    /** The driver of the configuration that Status shows; a path unless it says otherwise. */
    static RuntimeConfig of(Map<String, ?> config) {
        boolean systemd = "systemd".equals(config.get("cgroupDriver"));
        return new RuntimeConfig(systemd ? CgroupDriver.SYSTEMD : CgroupDriver.CGROUPFS);
    }

    @Override
    public RuntimeConfigResponse call(RuntimeConfigRequest request, Call call) {
        return RuntimeConfigResponse.newBuilder()
                .setLinux(LinuxRuntimeConfiguration.newBuilder().setCgroupDriver(driver))
                .build();
    }
}
