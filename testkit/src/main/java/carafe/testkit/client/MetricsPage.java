package carafe.testkit.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a daemon tells Prometheus, found by what it has logged. */
public final class MetricsPage {
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/metrics");

    private MetricsPage() {}

    /**
     * Its text format, of now.
     *
     * @param log the daemon's
     * @return empty when no address is in the log
     */
    public static Optional<String> of(String log) throws IOException, InterruptedException {
        Matcher address = ADDRESS.matcher(log);
        if (!address.find()) {
            return Optional.empty();
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            return Optional.of(
                    http.send(
                                    HttpRequest.newBuilder(URI.create(address.group())).build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body());
        }
    }
}
