package carafe.runtime.shim;

/** Where a container stands. */
public sealed interface ShimState {
    /** Init waits for start. */
    record Created() implements ShimState {}

    /**
     * Init runs.
     *
     * @param lostLogBytes output that could not be written because the log's disk was full or
     *     broken
     */
    record Running(long lostLogBytes) implements ShimState {}

    /** Init has ended. */
    record Exited(ExitRecord exit) implements ShimState {}
}
