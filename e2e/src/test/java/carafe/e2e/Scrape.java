package carafe.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** What a daemon's metrics say. */
final class Scrape {
    private Scrape() {}

    /**
     * @param accept the format
     */
    static String text(int port, String accept) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:%d/metrics".formatted(port));
            return http.send(
                            HttpRequest.newBuilder(uri).header("Accept", accept).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
