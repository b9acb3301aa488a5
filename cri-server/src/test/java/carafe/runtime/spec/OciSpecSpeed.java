package carafe.runtime.spec;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long a container's config.json takes, from the request to its bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
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
