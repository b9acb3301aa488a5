package carafe.shim.child;

/**
 * A setup child just forked. Both descriptors are the caller's, close-on-exec; status is
 * non-blocking.
 *
 * @param setupPid ends by itself after its last report; reaped like any other child
 * @param status read end of the pipe that {@link StatusReader} reads
 * @param start write end of the pipe that init waits on, -1 for an exec
 */
public record Child(int setupPid, int status, int start) {}
