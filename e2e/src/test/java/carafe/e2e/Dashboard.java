package carafe.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * A dashboard as its file says.
 *
 * @param name of the file, without its ending
 */
record Dashboard(String name, String title, List<Panel> panels) {
    /**
     * One panel.
     *
     * @param kind as Grafana calls it: timeseries, stat or row
     * @param unit as Grafana calls it
     */
    record Panel(
            String title,
            String kind,
            String unit,
            boolean stacked,
            Place place,
            List<Target> targets) {}

    /** Where a panel is, on a grid of 24 columns. */
    record Place(int x, int y, int width, int height) {}

    /**
     * A query.
     *
     * @param legend with <code>{{label}}</code> for values of labels
     */
    record Target(String query, String legend) {
        /** As Grafana sends it, with all of everything chosen. */
        String query(String rateInterval) {
            return query.replace("$__rate_interval", rateInterval)
                    .replaceAll("\\$(instance|registry|namespace|pod)", ".*");
        }
    }

    /** All in the directory, by name. */
    static List<Dashboard> read(Path directory) throws IOException {
        List<Dashboard> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                all.add(of(file));
            }
        }
        return all;
    }

    private static Dashboard of(Path file) throws IOException {
        JsonNode json = new ObjectMapper().readTree(Files.readString(file));
        return new Dashboard(
                file.getFileName().toString().replaceFirst("\\.json$", ""),
                json.path("title").asString(),
                json.path("panels").valueStream().map(Dashboard::panel).toList());
    }

    private static Panel panel(JsonNode json) {
        JsonNode defaults = json.path("fieldConfig").path("defaults");
        JsonNode grid = json.path("gridPos");
        return new Panel(
                json.path("title").asString(),
                json.path("type").asString(),
                defaults.path("unit").asString(""),
                defaults.path("custom")
                        .path("stacking")
                        .path("mode")
                        .asString("none")
                        .equals("normal"),
                new Place(
                        grid.path("x").asInt(),
                        grid.path("y").asInt(),
                        grid.path("w").asInt(),
                        grid.path("h").asInt()),
                json.path("targets")
                        .valueStream()
                        .map(each ->
                                new Target(
                                        each.path("expr").asString(),
                                        each.path("legendFormat").asString()))
                        .toList());
    }
}
