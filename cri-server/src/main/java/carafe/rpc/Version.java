package carafe.rpc;

import carafe.metrics.BuildInfo;
import carafe.proto.cri.VersionRequest;
import carafe.proto.cri.VersionResponse;

/** Says which runtime this is. */
record Version(BuildInfo build) implements Rpc<VersionRequest, VersionResponse> {
    /** The version of kubelet's own interface; every runtime answers this one. */
    private static final String KUBELET_VERSION = "0.1.0";

    private static final String API = "v1";

    @Override
    public VersionResponse call(VersionRequest request, Call call) {
        return VersionResponse.newBuilder()
                .setVersion(KUBELET_VERSION)
                .setRuntimeName("carafe")
                .setRuntimeVersion(build.version())
                .setRuntimeApiVersion(API)
                .build();
    }
}
