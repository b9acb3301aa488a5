package carafe.server.doctor;

import java.util.ArrayList;
import java.util.List;

/** Findings as aligned text, at most 100 columns wide. */
final class Report {
    private static final int WIDTH = 100;
    private static final int MARK_WIDTH = 6;

    private Report() {}

    static String text(List<Finding> findings) {
        int topicWidth = findings.stream().mapToInt(f -> f.topic().length()).max().orElse(0) + 2;
        int indent = MARK_WIDTH + topicWidth;
        StringBuilder out = new StringBuilder();
        for (Finding finding : findings) {
            out.append(pad(finding.mark().text(), MARK_WIDTH));
            out.append(pad(finding.topic(), topicWidth));
            lines(out, finding.found(), indent);
            if (!finding.meaning().isEmpty()) {
                out.append(" ".repeat(indent));
                lines(out, "means: " + finding.meaning(), indent + 7);
            }
            if (!finding.fix().isEmpty()) {
                out.append(" ".repeat(indent));
                lines(out, "fix:   " + finding.fix(), indent + 7);
            }
        }
        return out.append('\n').append(summary(findings)).append('\n').toString();
    }

    private static String summary(List<Finding> findings) {
        long warnings = count(findings, Finding.Mark.WARN);
        long failures = count(findings, Finding.Mark.FAIL);
        if (failures > 0) {
            return "%d of %d findings keep Carafe from running pods here."
                    .formatted(failures, findings.size());
        }
        return warnings == 0
                ? "Everything Carafe uses is here."
                : "Carafe can run pods here; %d of %d findings limit what they can do."
                        .formatted(warnings, findings.size());
    }

    private static long count(List<Finding> findings, Finding.Mark mark) {
        return findings.stream().filter(f -> f.mark() == mark).count();
    }

    private static void lines(StringBuilder out, String text, int indent) {
        List<String> lines = wrap(text, Math.max(30, WIDTH - indent));
        out.append(lines.getFirst()).append('\n');
        for (String line : lines.subList(1, lines.size())) {
            out.append(" ".repeat(indent)).append(line).append('\n');
        }
    }

    private static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            if (space <= 0) {
                break;
            }
            lines.add(rest.substring(0, space));
            rest = rest.substring(space + 1);
        }
        lines.add(rest);
        return lines;
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }
}
