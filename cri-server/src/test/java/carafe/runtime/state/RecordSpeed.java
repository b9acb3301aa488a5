package carafe.runtime.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long a container's record takes to be written as bytes, and to be read again. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RecordSpeed {
    private final ContainerJson.Codec codec = new ContainerJson.Codec();
    private final byte[] bytes = RecordFormatTest.CONTAINER_V1.getBytes(StandardCharsets.UTF_8);
    private @Nullable ContainerRecord container;

    @Setup
    public void read() throws IOException {
        container = codec.decode(bytes);
    }

    /** Record to bytes. */
    @Benchmark
    public byte[] encode() {
        return codec.encode(Objects.requireNonNull(container));
    }

    /** Bytes to record. */
    @Benchmark
    public ContainerRecord decode() throws IOException {
        return codec.decode(bytes);
    }
}
