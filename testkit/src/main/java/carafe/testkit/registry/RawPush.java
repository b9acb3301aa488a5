package carafe.testkit.registry;

import carafe.testkit.image.Blob;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * Pushes blobs and manifests of any kind to a registry without TLS, whatever tools think of them.
 */
public final class RawPush {
    private final HttpClient http = HttpClient.newHttpClient();
    private final String base;

    /**
     * @param host and port
     */
    public RawPush(String host, String repository) {
        this.base = "http://" + host + "/v2/" + repository + "/";
    }

    /** Uploads a blob. */
    public RawPush blob(Blob blob) throws IOException, InterruptedException {
        String place =
                send(HttpRequest.newBuilder(URI.create(base + "blobs/uploads/"))
                                .POST(HttpRequest.BodyPublishers.noBody()))
                        .headers()
                        .firstValue("Location")
                        .orElseThrow();
        String separator = place.contains("?") ? "&" : "?";
        URI whole = URI.create(base).resolve(place + separator + "digest=" + blob.digest());
        send(
                HttpRequest.newBuilder(whole)
                        .header("Content-Type", "application/octet-stream")
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(blob.content())));
        return this;
    }

    /** Puts a manifest whose blobs are there already under a tag. */
    public void manifest(String tag, Blob manifest) throws IOException, InterruptedException {
        send(
                HttpRequest.newBuilder(URI.create(base + "manifests/" + tag))
                        .header("Content-Type", manifest.mediaType())
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(manifest.content())));
    }

    private HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(answer + ": " + answer.body());
        }
        return answer;
    }
}
