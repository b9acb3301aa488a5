package carafe.shim.log;

import carafe.shim.sys.Buffer;
import carafe.shim.sys.TestMemory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * How long 64 KiB of a container's output take to become log lines: on a JVM with checked buffers,
 * so only beside an earlier figure of the same; the shim is C made of the same code.
 */
@State(Scope.Thread)
public class LineFramerSpeed {
    private static final int READ_BYTES = 64 << 10;
    private static final int LONGEST_TEXT = 16 << 10;

    /** Bytes of a line with its newline. */
    @Param({"80", "4000", "40000"})
    int lineBytes;

    private final TestMemory memory = new TestMemory();
    private final LineBatch batch = new LineBatch(memory, LONGEST_TEXT);
    private final LineFramer framer =
            new LineFramer(memory, LineFramer.Stream.STDOUT, LONGEST_TEXT);
    private final Buffer output = memory.allocate(READ_BYTES);

    @Setup
    public void fill() {
        for (int i = 0; i < READ_BYTES; i++) {
            output.put(i, (byte) (i % lineBytes == lineBytes - 1 ? '\n' : 'x'));
        }
    }

    /** What one read brings. */
    @Benchmark
    public long frame() {
        framer.stamp(1_700_000_000_000_000_000L);
        int at = 0;
        while (at < READ_BYTES) {
            at = framer.frame(output, at, READ_BYTES, batch);
            batch.clear();
        }
        return framer.lines();
    }
}
