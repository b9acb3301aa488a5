package carafe.shim.sys;

/** Where buffers come from. */
public interface Memory {
    /**
     * Makes a zeroed buffer.
     *
     * @param size in bytes, above 0
     */
    Buffer allocate(int size);
}
