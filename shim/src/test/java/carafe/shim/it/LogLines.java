package carafe.shim.it;

import java.util.stream.Collectors;

/** Reads a CRI log. */
final class LogLines {
    private LogLines() {}

    /** The text of all lines, without time, stream and tag. */
    static String textOf(String log) {
        return log.lines()
                .map(line -> line.split(" ", 4)[3] + "\n")
                .map(line -> line.replace("\r", ""))
                .collect(Collectors.joining());
    }
}
