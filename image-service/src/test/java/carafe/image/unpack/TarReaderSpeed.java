package carafe.image.unpack;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How long a tar of a thousand files takes to be read, nothing written. */
@State(Scope.Thread)
public class TarReaderSpeed {
    private static final int FILES = 1000;

    /** Of each file. */
    @Param({"0", "10000"})
    int bytes;

    private byte[] tar = new byte[0];
    private final Chunk chunk = new Chunk(new byte[Chunk.BYTES], new ArrayBlockingQueue<>(1));

    @Setup
    public void fill() {
        TarBuilder builder = new TarBuilder();
        String content = "x".repeat(bytes);
        for (int i = 0; i < FILES; i++) {
            builder.file("usr/share/some/directory/file-" + i, content);
        }
        tar = builder.build();
    }

    /** All entries and their content. */
    @Benchmark
    public long read() throws IOException, InterruptedException {
        int[] at = {0};
        TarReader reader = new TarReader(new TarInput(() -> piece(at)));
        long[] sum = {0};
        while (reader.next() != null) {
            reader.content((data, offset, length) -> sum[0] += data[offset] + length);
        }
        return sum[0];
    }

    private @Nullable Chunk piece(int[] at) {
        if (at[0] == tar.length) {
            return null;
        }
        chunk.length = Math.min(Chunk.BYTES, tar.length - at[0]);
        System.arraycopy(tar, at[0], chunk.data, 0, chunk.length);
        at[0] += chunk.length;
        return chunk;
    }
}
