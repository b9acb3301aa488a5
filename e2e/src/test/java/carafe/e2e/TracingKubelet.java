package carafe.e2e;

import carafe.testkit.client.CriClient;
import carafe.testkit.daemon.Instance;
import io.grpc.Metadata;

/** A kubelet with tracing on. */
final class TracingKubelet {
    static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    static final String SPAN = "b7ad6b7169203331";

    private TracingKubelet() {}

    /**
     * @param flags {@code 01} for a trace that is sampled
     */
    static CriClient client(Instance instance, String flags) {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
                "00-%s-%s-%s".formatted(TRACE, SPAN, flags));
        return new CriClient(instance.socket(), headers);
    }
}
