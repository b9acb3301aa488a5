package carafe.e2e;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Debian's Prometheus, scraping one daemon every second. Owns its process. */
final class Prometheus implements AutoCloseable {
    private final Process process;
    private final int port;
    private final File log;
    private final HttpClient http = HttpClient.newHttpClient();

    private Prometheus(Process process, int port, File log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /**
     * @param dir an existing directory of its own
     * @param target host and port of the daemon's metrics
     * @param rules a file of alerts
     * @param flags more of the program's
     */
    static Prometheus start(Path dir, String target, Path rules, String... flags)
            throws IOException, InterruptedException {
        int port = freePort();
        Path config = dir.resolve("prometheus.yml");
        Files.writeString(
                config,
                """
                global:
                  scrape_interval: 1s
                  evaluation_interval: 2s
                rule_files: ["%s"]
                scrape_configs:
                  - job_name: carafe
                    static_configs:
                      - targets: ["%s"]
                """
                        .formatted(rules.toRealPath(), target));
        File log = dir.resolve("prometheus.log").toFile();
        List<String> command = new ArrayList<>(List.of("prometheus", "--config.file=" + config));
        command.add("--storage.tsdb.path=" + dir.resolve("data"));
        command.add("--web.listen-address=127.0.0.1:" + port);
        command.addAll(List.of(flags));
        Process process =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
        Prometheus prometheus = new Prometheus(process, port, log);
        try {
            prometheus.awaitReady();
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            prometheus.close();
            throw e;
        }
        return prometheus;
    }

    /** A port that nobody has now. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                if (get("/-/ready").statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                if (System.nanoTime() > end || !process.isAlive()) {
                    throw new AssertionError("no Prometheus: " + Files.readString(log.toPath()), e);
                }
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** The series that a query finds now. */
    List<JsonNode> query(String query) throws IOException, InterruptedException {
        return results("/api/v1/query?query=" + encoded(query), query);
    }

    /** The series of the time between two moments, one point a step; Unix time in seconds. */
    List<JsonNode> range(String query, long from, long to, long step)
            throws IOException, InterruptedException {
        return results(
                "/api/v1/query_range?start=%d&end=%d&step=%d&query=%s"
                        .formatted(from, to, step, encoded(query)),
                query);
    }

    /** Exemplars of the last minute. */
    List<JsonNode> exemplars(String query) throws IOException, InterruptedException {
        long now = System.currentTimeMillis() / 1000;
        String path =
                "/api/v1/query_exemplars?start=%d&end=%d&query=%s"
                        .formatted(now - 60, now + 1, encoded(query));
        return json(path, query)
                .path("data")
                .valueStream()
                .flatMap(series -> series.path("exemplars").valueStream())
                .toList();
    }

    /** All alerts as Prometheus has loaded them. */
    List<JsonNode> rules() throws IOException, InterruptedException {
        return json("/api/v1/rules", "rules")
                .path("data")
                .path("groups")
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .toList();
    }

    private List<JsonNode> results(String path, String query)
            throws IOException, InterruptedException {
        return json(path, query).path("data").path("result").valueStream().toList();
    }

    private JsonNode json(String path, String what) throws IOException, InterruptedException {
        HttpResponse<String> response = get(path);
        if (response.statusCode() != 200) {
            throw new AssertionError(what + ": " + response.body());
        }
        return new ObjectMapper().readTree(response.body());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        http.close();
    }
}
