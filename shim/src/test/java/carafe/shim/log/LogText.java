package carafe.shim.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/** Reads log lines the way kubelet does, byte for byte in Latin-1. */
final class LogText {
    /** One line of the log. */
    record Line(String stamp, String stream, String tag, String text) {}

    private LogText() {}

    static List<Line> lines(byte[] log) {
        String all = new String(log, ISO_8859_1);
        List<Line> lines = new ArrayList<>();
        int at = 0;
        while (at < all.length()) {
            int end = all.indexOf('\n', at);
            if (end < 0) {
                throw new AssertionError("the log ends within a line: " + all.substring(at));
            }
            String[] parts = all.substring(at, end).split(" ", 4);
            lines.add(new Line(parts[0], parts[1], parts[2], parts[3]));
            at = end + 1;
        }
        return lines;
    }

    /** What the container wrote to the stream. */
    static byte[] decode(List<Line> lines, String stream) {
        StringBuilder text = new StringBuilder();
        for (Line line : lines) {
            if (line.stream().equals(stream)) {
                text.append(line.text()).append(line.tag().equals("F") ? "\n" : "");
            }
        }
        return text.toString().getBytes(ISO_8859_1);
    }
}
