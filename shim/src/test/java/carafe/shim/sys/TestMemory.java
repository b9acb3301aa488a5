package carafe.shim.sys;

/** Buffers on a JVM, checked; see {@link HeapKernel}. */
public final class TestMemory implements Memory {
    private final HeapKernel kernel = new HeapKernel();

    @Override
    public Buffer allocate(int size) {
        return new Buffer(kernel, size);
    }

    /** Buffers not yet freed. */
    public int live() {
        return kernel.live();
    }
}
