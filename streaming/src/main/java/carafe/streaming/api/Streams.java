package carafe.streaming.api;

/**
 * Which standard streams a client wants. A terminal has one output stream, STDOUT.
 *
 * @param terminal whether the process has a terminal, whose size the client may change
 */
public record Streams(boolean stdin, boolean stdout, boolean stderr, boolean terminal) {
    public Streams {
        if (terminal && stderr) {
            throw new IllegalArgumentException("a terminal has no standard error of its own");
        }
        if (!stdin && !stdout && !stderr) {
            throw new IllegalArgumentException(
                    "at least one of stdin, stdout and stderr is needed");
        }
    }
}
