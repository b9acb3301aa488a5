package carafe.bench.table;

import java.util.List;
import java.util.Locale;

/**
 * Every row's ratio on a logarithmic axis, its middle half as a bar, its target as a mark. Left of
 * the line at 1 Carafe needs less than the peer.
 */
final class Chart {
    private static final int LABEL = 470;
    private static final int PLOT = 520;
    private static final int LINE = 18;
    private static final int TOP = 46;
    private static final double LEAST = 0.01;
    private static final double GREATEST = 10;
    private static final List<Double> GRID = List.of(0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0);

    private final List<Row> rows;

    Chart(List<Row> rows) {
        this.rows = List.copyOf(rows);
    }

    String svg() {
        int height = TOP + rows.size() * LINE + 12;
        StringBuilder svg = new StringBuilder();
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                                + " font-family=\"sans-serif\" font-size=\"11\">%n",
                        LABEL + PLOT + 70,
                        height));
        svg.append(
                String.format(
                        Locale.ROOT, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n"));
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"10\" y=\"18\" font-size=\"14\">Carafe's share of the peer's time, CPU or"
                                + " memory (logarithmic; black mark: target)</text>%n"));
        for (double at : GRID) {
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\""
                                    + " stroke=\"%4$s\"/><text x=\"%1$.1f\" y=\"%5$d\""
                                    + " text-anchor=\"middle\">%6$s</text>%n",
                            x(at),
                            TOP - 4,
                            height - 8,
                            at == 1.0 ? "#555" : "#ddd",
                            TOP - 8,
                            at));
        }
        for (int i = 0; i < rows.size(); i++) {
            row(svg, rows.get(i), TOP + i * LINE);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void row(StringBuilder svg, Row row, int y) {
        int middle = y + LINE / 2;
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n",
                        LABEL - 8,
                        middle + 4,
                        escaped(row.scenario() + ", " + row.unit())));
        String colour = colour(row.verdict());
        double low = x(row.ratioLow());
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"6\" fill=\"%s\""
                                + " opacity=\"0.4\"/>%n",
                        low,
                        middle - 3,
                        Math.max(1, x(row.ratioHigh()) - low),
                        colour));
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<circle cx=\"%.1f\" cy=\"%d\" r=\"4\" fill=\"%s\"/>%n",
                        x(row.ratio()),
                        middle,
                        colour));
        Double target = row.target();
        if (target != null) {
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<rect x=\"%.1f\" y=\"%d\" width=\"2\" height=\"14\"/>%n",
                            x(target) - 1,
                            middle - 7));
        }
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%d\" y=\"%d\">%.3g</text>%n",
                        LABEL + PLOT + 10,
                        middle + 4,
                        row.ratio()));
    }

    private static String colour(Verdict verdict) {
        return switch (verdict) {
            case NONE -> "#4878a8";
            case REACHED -> "#2e8b57";
            case MISSED -> "#c0392b";
            case NOT_DECIDED -> "#d68910";
        };
    }

    private static double x(double ratio) {
        double inside = Math.min(GREATEST, Math.max(LEAST, ratio));
        return LABEL + PLOT * Math.log(inside / LEAST) / Math.log(GREATEST / LEAST);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
