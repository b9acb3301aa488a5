package carafe.rpc;

import carafe.proto.cri.CgroupDriver;
import carafe.proto.cri.LinuxRuntimeConfiguration;
import carafe.proto.cri.RuntimeConfigRequest;
import carafe.proto.cri.RuntimeConfigResponse;

/** Tells kubelet how to write cgroup parents: as paths. */
record RuntimeConfig() implements Rpc<RuntimeConfigRequest, RuntimeConfigResponse> {
    @Override
    public RuntimeConfigResponse call(RuntimeConfigRequest request, Call call) {
        return RuntimeConfigResponse.newBuilder()
                .setLinux(
                        LinuxRuntimeConfiguration.newBuilder()
                                .setCgroupDriver(CgroupDriver.CGROUPFS))
                .build();
    }
}
