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
import java.util.List;
import java.util.Locale;
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
    private static final int MOST_SERIES = LINES.length;
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

    private record Series(String name, TreeMap<Long, Double> points) {}

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
                if (!points.isEmpty() && all.size() < MOST_SERIES) {
                    all.add(new Series(legend(target.legend(), each.path("metric")), points));
                }
            }
        }
        return all;
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
        int shown = Math.min(series.size(), 6);
        int width = (box.width() - 16) / shown;
        for (int i = 0; i < shown; i++) {
            Series each = series.get(i);
            int x = box.x() + 8 + i * width;
            int middle = box.y() + box.height() / 2 + 12;
            text(
                    g,
                    readable(each.points().lastEntry().getValue(), panel.unit()),
                    x,
                    middle,
                    new Color(LINES[0]),
                    Font.BOLD,
                    24);
            text(g, cut(each.name(), width / 7), x, middle + 20, DIM, Font.PLAIN, 11);
        }
    }

    private void lines(Graphics2D g, Dashboard.Panel panel, Box box, List<Series> series) {
        int legendLines = Math.min(3, (series.size() + 1) / 2);
        Box plot =
                new Box(
                        box.x() + 64,
                        box.y() + 28,
                        box.width() - 74,
                        box.height() - 50 - legendLines * 14);
        double most =
                series.stream()
                        .flatMap(each -> each.points().values().stream())
                        .mapToDouble(Double::doubleValue)
                        .max()
                        .orElse(1);
        double top = most <= 0 ? 1 : most * 1.1;
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
            String label = readable(top * (4 - i) / 4, panel.unit());
            text(g, label, plot.x() - 8 - 6 * label.length(), y + 4, DIM, Font.PLAIN, 10);
        }
        for (int i = 0; i <= 4; i++) {
            long seconds = (to - from) * i / 4;
            text(
                    g,
                    "%d:%02d".formatted(seconds / 60, seconds % 60),
                    plot.x() + plot.width() * i / 4 - 10,
                    plot.y() + plot.height() + 14,
                    DIM,
                    Font.PLAIN,
                    10);
        }
    }

    private static void legend(Graphics2D g, Box box, Box plot, List<Series> series) {
        int shown = Math.min(6, series.size());
        int width = (box.width() - 16) / 2;
        for (int i = 0; i < shown; i++) {
            int x = box.x() + 8 + i % 2 * width;
            int y = plot.y() + plot.height() + 32 + i / 2 * 14;
            g.setColor(new Color(LINES[i]));
            g.fillRect(x, y - 6, 10, 3);
            String more = i == 5 && series.size() > shown ? " and more" : "";
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

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, Math.max(1, length - 1)) + "…";
    }

    private static void text(
            Graphics2D g, String text, int x, int y, Color color, int style, int size) {
        g.setFont(new Font(Font.SANS_SERIF, style, size));
        g.setColor(color);
        g.drawString(text, x, y);
    }

    private static String readable(double value, String unit) {
        return switch (unit) {
            case "bytes" -> scaled(value, 1024, "B");
            case "Bps" -> scaled(value, 1024, "B/s");
            case "s" ->
                    value < 0.001
                            ? number(value * 1e6) + " µs"
                            : value < 1 ? number(value * 1000) + " ms" : number(value) + " s";
            case "percentunit" -> number(value * 100) + " %";
            case "ops", "pps" -> number(value) + "/s";
            default -> scaled(value, 1000, "");
        };
    }

    private static String scaled(double value, int base, String unit) {
        String[] powers = {"", base == 1024 ? "Ki" : "k", base == 1024 ? "Mi" : "M", "G", "T"};
        int power = 0;
        double rest = value;
        while (Math.abs(rest) >= base && power < powers.length - 1) {
            rest /= base;
            power++;
        }
        return number(rest) + (powers[power] + unit).transform(u -> u.isEmpty() ? "" : " " + u);
    }

    private static String number(double value) {
        double size = Math.abs(value);
        return String.format(
                Locale.ROOT,
                size >= 100 || size == Math.rint(size) ? "%.0f" : size >= 10 ? "%.1f" : "%.2f",
                value);
    }
}
