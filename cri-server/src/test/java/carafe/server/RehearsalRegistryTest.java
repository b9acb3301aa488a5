package carafe.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RehearsalRegistryTest {
    private final RehearsalRegistry registry;
    private final HttpClient client = HttpClient.newHttpClient();

    RehearsalRegistryTest() throws IOException {
        this.registry = RehearsalRegistry.open(RehearsalImage.make());
    }

    @AfterEach
    void end() {
        registry.close();
        client.close();
    }

    @Test
    void servesEveryBlobThatTheManifestNames() throws Exception {
        HttpResponse<byte[]> manifest = get("manifests/latest");
        List<String> digests =
                Pattern.compile("sha256:[0-9a-f]{64}")
                        .matcher(new String(manifest.body(), StandardCharsets.US_ASCII))
                        .results()
                        .map(found -> found.group())
                        .toList();

        assertThat(manifest.headers().firstValue("Docker-Content-Digest"))
                .contains(digest(manifest.body()));
        assertThat(digests).hasSize(7);
        for (String each : digests) {
            assertThat(digest(get("blobs/" + each).body())).isEqualTo(each);
        }
    }

    @Test
    void knowsNoOtherBlob() throws Exception {
        assertThat(get("blobs/sha256:" + "0".repeat(64)).statusCode()).isEqualTo(404);
    }

    private HttpResponse<byte[]> get(String what) throws Exception {
        String[] reference = registry.reference().split("/", -1);
        String name = reference[1].substring(0, reference[1].indexOf(':'));
        URI uri = URI.create("http://%s/v2/%s/%s".formatted(reference[0], name, what));
        return client.send(
                HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String digest(byte[] content) throws Exception {
        return "sha256:"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}
