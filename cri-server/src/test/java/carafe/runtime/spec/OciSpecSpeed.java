package carafe.runtime.spec;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** How long a container's config.json takes, from the request to its bytes. */
@State(Scope.Thread)
public class OciSpecSpeed {
    private final SpecRequest request = request();

    private static SpecRequest request() {
        SpecBuilder builder = new SpecBuilder();
        for (int i = 0; i < 30; i++) {
            builder.env("KUBERNETES_SERVICE_" + i, "10.96.0." + i);
        }
        return builder.build();
    }

    /** The tree of objects and what is written of it. */
    @Benchmark
    public byte[] build() {
        return OciSpec.bytes(OciSpec.of(request));
    }
}
