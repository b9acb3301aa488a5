package carafe.runtime.port;

/**
 * What the log of one container has taken since the container was created.
 *
 * @param lines that have ended
 * @param parts of longer lines, and what came after the last newline
 * @param writtenBytes of log lines
 * @param lostBytes of log lines that could not be written
 */
public record LogTotals(long lines, long parts, long writtenBytes, long lostBytes) {
    /** Of an empty log. */
    public static final LogTotals NOTHING = new LogTotals(0, 0, 0, 0);

    /** With at least so many lost bytes. */
    public LogTotals losing(long bytes) {
        return new LogTotals(lines, parts, writtenBytes, Math.max(lostBytes, bytes));
    }
}
