package carafe.runtime.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How long a container's record takes to be written as bytes, and to be read again. */
@State(Scope.Thread)
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
