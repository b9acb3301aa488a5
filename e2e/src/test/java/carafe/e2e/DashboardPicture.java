package carafe.e2e;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import tools.jackson.databind.JsonNode;

/**
 * Draws a dashboard from its file and a real Prometheus' answers, roughly as Grafana would: for
 * people who want to see it before they install it.
 */
final class DashboardPicture {
    private static final int COLUMN = 60;
    private static final int ROW = 32;
    private static final int GAP = 6;
    private static final int HEADER = 46;
    private static final Color BACK = new Color(0x111217);
    private static final Color CARD = new Color(0x181b1f);
    private static final Color TEXT = new Color(0xd0d0d8);
    private static final Color DIM = new Color(0x8e8e99);
    private static final Color GRID = new Color(0x2c2f36);
    private static final int[] LINES = {
        0x73bf69, 0xf2cc0c, 0x5794f2, 0xff780a, 0xb877d9, 0x37872d, 0xe02f44, 0x8ab8ff, 0xffa6b0,
        0x56a64b, 0xfade2a, 0x3274d9
    };
    private static final Pattern LABEL = Pattern.compile("\\{\\{(\\w+)}}");

    private final Prometheus prometheus;
    private final long from;
    private final long to;
    private final long step;

    /** Of the time between two moments; Unix time in seconds. */
    DashboardPicture(Prometheus prometheus, long from, long to) {
        System.setProperty("java.awt.headless", "true");
        this.prometheus = prometheus;
        this.from = from;
        this.to = to;
        this.step = Math.max(1, (to - from) / 120);
    }

    private record Series(String name, TreeMap<Long, Double> points) {
        double sum() {
            return points.values().stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    void draw(Dashboard dashboard, Path file) throws IOException, InterruptedException {
        int rows =
                dashboard.panels().stream()
                        .mapToInt(each -> each.place().y() + each.place().height())
                        .max()
                        .orElse(1);
        BufferedImage image =
                new BufferedImage(
                        24 * COLUMN + 2 * GAP,
                        rows * ROW + HEADER + 2 * GAP,
                        BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setColor(BACK);
        g.fillRect(0, 0, image.getWidth(), image.getHeight());
        text(g, dashboard.title(), 2 * GAP, 20, TEXT, Font.BOLD, 16);
        text(
                g,
                "drawn by a test from metrics/dashboards/%s.json and a real Prometheus' answers; this is not Grafana"
                        .formatted(dashboard.name()),
                2 * GAP,
                38,
                DIM,
                Font.PLAIN,
                12);
        for (Dashboard.Panel panel : dashboard.panels()) {
            draw(g, panel);
        }
        g.dispose();
        ImageIO.write(image, "png", file.toFile());
    }

    private void draw(Graphics2D g, Dashboard.Panel panel)
            throws IOException, InterruptedException {
        Box box =
                new Box(
                        panel.place().x() * COLUMN + GAP + GAP / 2,
                        panel.place().y() * ROW + HEADER + GAP,
                        panel.place().width() * COLUMN - GAP,
                        panel.place().height() * ROW - GAP);
        if (panel.kind().equals("row")) {
            text(g, panel.title(), box.x(), box.y() + 18, TEXT, Font.BOLD, 14);
            return;
        }
        g.setColor(CARD);
        g.fillRoundRect(box.x(), box.y(), box.width(), box.height(), 6, 6);
        text(g, panel.title(), box.x() + 8, box.y() + 18, TEXT, Font.BOLD, 12);
        List<Series> series = series(panel);
        if (series.isEmpty()) {
            text(
                    g,
                    "no data",
                    box.x() + box.width() / 2 - 20,
                    box.y() + box.height() / 2,
                    DIM,
                    Font.PLAIN,
                    12);
        } else if (panel.kind().equals("stat")) {
            stats(g, panel, box, series);
        } else {
            lines(g, panel, box, panel.stacked() ? stacked(series) : series);
        }
    }

    private record Box(int x, int y, int width, int height) {}

    private List<Series> series(Dashboard.Panel panel) throws IOException, InterruptedException {
        List<Series> all = new ArrayList<>();
        for (Dashboard.Target target : panel.targets()) {
            for (JsonNode each : prometheus.range(target.query("10s"), from, to, step)) {
                TreeMap<Long, Double> points = new TreeMap<>();
                each.path("values")
                        .valueStream()
                        .forEach(point -> {
                            double value = Double.parseDouble(point.path(1).asString());
                            if (Double.isFinite(value)) {
                                points.put((long) point.path(0).asDouble(), value);
                            }
                        });
                if (!points.isEmpty()) {
                    all.add(new Series(legend(target.legend(), each.path("metric")), points));
                }
            }
        }
        return panel.kind().equals("stat") ? all : largestFirst(all);
    }

    /** As many as there are colours. */
    private static List<Series> largestFirst(List<Series> all) {
        return all.stream()
                .sorted(Comparator.comparingDouble(Series::sum).reversed())
                .limit(LINES.length)
                .toList();
    }

    private static String legend(String pattern, JsonNode labels) {
        Matcher matcher = LABEL.matcher(pattern);
        return matcher.replaceAll(
                found -> Matcher.quoteReplacement(labels.path(found.group(1)).asString("")));
    }

    private static List<Series> stacked(List<Series> series) {
        List<Series> sums = new ArrayList<>();
        TreeMap<Long, Double> below = new TreeMap<>();
        for (Series each : series) {
            TreeMap<Long, Double> sum = new TreeMap<>();
            each.points().forEach((at, value) -> sum.put(at, below.merge(at, value, Double::sum)));
            sums.add(new Series(each.name(), sum));
        }
        return sums;
    }

    private static void stats(Graphics2D g, Dashboard.Panel panel, Box box, List<Series> series) {
        int shown = Math.min(series.size(), 8);
        int width = (box.width() - 16) / shown;
        for (int i = 0; i < shown; i++) {
            Series each = series.get(i);
            int x = box.x() + 8 + i * width;
            int middle = box.y() + box.height() / 2 + 12;
            text(
                    g,
                    Units.readable(each.points().lastEntry().getValue(), panel.unit()),
                    x,
                    middle,
                    new Color(LINES[0]),
                    Font.BOLD,
                    24);
            text(g, cut(each.name(), width / 6), x, middle + 20, DIM, Font.PLAIN, 11);
        }
    }

    private void lines(Graphics2D g, Dashboard.Panel panel, Box box, List<Series> series) {
        int legendLines = Math.min(3, (series.size() + columns(box) - 1) / columns(box));
        Box plot =
                new Box(
                        box.x() + 64,
                        box.y() + 28,
                        box.width() - 74,
                        box.height() - 50 - legendLines * 14);
        List<Double> values =
                series.stream().flatMap(each -> each.points().values().stream()).toList();
        double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        boolean whole = values.stream().allMatch(value -> value == Math.rint(value));
        double top = most <= 0 ? 1 : Units.top(most, panel.unit(), whole);
        axes(g, panel, plot, top);
        for (int i = series.size() - 1; i >= 0; i--) {
            g.setColor(new Color(LINES[i]));
            g.setStroke(new BasicStroke(1.4f));
            Path2D line = new Path2D.Double();
            long last = Long.MIN_VALUE / 2;
            for (var point : series.get(i).points().entrySet()) {
                double x = plot.x() + (double) (point.getKey() - from) / (to - from) * plot.width();
                double y = plot.y() + plot.height() * (1 - point.getValue() / top);
                if (point.getKey() - last > 5 * step) {
                    line.moveTo(x, y);
                } else {
                    line.lineTo(x, y);
                }
                last = point.getKey();
            }
            g.draw(line);
        }
        legend(g, box, plot, series);
    }

    private void axes(Graphics2D g, Dashboard.Panel panel, Box plot, double top) {
        g.setStroke(new BasicStroke(1));
        for (int i = 0; i <= 4; i++) {
            int y = plot.y() + plot.height() * i / 4;
            g.setColor(GRID);
            g.drawLine(plot.x(), y, plot.x() + plot.width(), y);
            String label = Units.readable(top * (4 - i) / 4, panel.unit());
            textUpTo(g, label, plot.x() - 6, y + 4);
        }
        for (int i = 0; i <= 4; i++) {
            long seconds = (to - from) * i / 4;
            int x = plot.x() + plot.width() * i / 4;
            textUpTo(
                    g,
                    "%d:%02d".formatted(seconds / 60, seconds % 60),
                    i == 4 ? x : x + 10,
                    plot.y() + plot.height() + 14);
        }
    }

    private static void legend(Graphics2D g, Box box, Box plot, List<Series> series) {
        int columns = columns(box);
        int shown = Math.min(3 * columns, series.size());
        int width = (box.width() - 16) / columns;
        for (int i = 0; i < shown; i++) {
            int x = box.x() + 8 + i % columns * width;
            int y = plot.y() + plot.height() + 32 + i / columns * 14;
            g.setColor(new Color(LINES[i]));
            g.fillRect(x, y - 6, 10, 3);
            int hidden = i + 1 == shown ? series.size() - shown : 0;
            String more = hidden == 0 ? "" : ", %d more".formatted(hidden);
            text(
                    g,
                    cut(series.get(i).name(), width / 7 - more.length()) + more,
                    x + 14,
                    y,
                    DIM,
                    Font.PLAIN,
                    11);
        }
    }

    private static int columns(Box box) {
        return Math.max(2, box.width() / 170);
    }

    /** Small and dim, ending at x. */
    private static void textUpTo(Graphics2D g, String text, int x, int y) {
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 10));
        text(g, text, x - g.getFontMetrics().stringWidth(text), y, DIM, Font.PLAIN, 10);
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, Math.max(1, length - 1)) + "…";
    }

    private static void text(
            Graphics2D g, String text, int x, int y, Color color, int style, int size) {
        g.setFont(new Font(Font.SANS_SERIF, style, size));
        g.setColor(color);
        g.drawString(text, x, y);
    }
}
