package carafe.shim.child;

/**
 * What setup and then the process itself report, in this order: Waiting (with hooks only), Born,
 * Ready (init only), and after the start either Failed or Running. Failed may come at any time and
 * is the last.
 */
public sealed interface ChildStatus {
    /** The container's process exists, in the caller's PID namespace numbered {@code pid}. */
    record Born(int pid) implements ChildStatus {}

    /** All is made but the change of the root; setup waits for the hooks of creation. */
    record Waiting() implements ChildStatus {}

    /** Init waits for the start. */
    record Ready() implements ChildStatus {}

    /**
     * The execve happened (end of the pipe after Born), or everything died without a report: the
     * caller tells by whether Born was seen and the process lives.
     */
    record Closed() implements ChildStatus {}

    /**
     * A step failed.
     *
     * @param step stable dotted name, such as {@code rootfs.overlay}
     * @param path what it was about, may be empty
     * @param errno 0 when no system call failed
     * @param text for the user, one sentence without the step's name
     */
    record Failed(String step, String path, int errno, String text) implements ChildStatus {}
}
