package carafe.rpc;

import carafe.proto.cri.ListMetricDescriptorsRequest;
import carafe.proto.cri.ListMetricDescriptorsResponse;

/** Names every metric that ListPodSandboxMetrics can have. */
record ListMetricDescriptors()
        implements Rpc<ListMetricDescriptorsRequest, ListMetricDescriptorsResponse> {
    @Override
    public ListMetricDescriptorsResponse call(ListMetricDescriptorsRequest request, Call call) {
        return ListMetricDescriptorsResponse.newBuilder()
                .addAllDescriptors(MetricMessages.descriptors())
                .build();
    }
}
