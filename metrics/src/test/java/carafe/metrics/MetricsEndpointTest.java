package carafe.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.base.CarafeException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {
    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Test
    void answersGetMetricsAndNothingElse() throws IOException {
        try (MetricsEndpoint endpoint =
                new MetricsEndpoint(ANY_PORT, _ -> answer("carafe_x 1\n"))) {
            endpoint.start();
            HttpURLConnection metrics = ask(endpoint, "GET", "/metrics");
            assertThat(metrics.getResponseCode()).isEqualTo(200);
            assertThat(metrics.getContentType()).startsWith("text/plain; version=0.0.4");
            assertThat(new String(metrics.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("carafe_x 1\n");
            assertThat(ask(endpoint, "GET", "/").getResponseCode()).isEqualTo(404);
            assertThat(ask(endpoint, "GET", "/metrics/../debug").getResponseCode()).isEqualTo(404);
            assertThat(ask(endpoint, "GET", "/metricsx").getResponseCode()).isEqualTo(404);
            assertThat(ask(endpoint, "POST", "/metrics").getResponseCode()).isEqualTo(405);
        }
    }

    @Test
    void refusesAnAddressThatOthersCanReach() {
        assertThatThrownBy(() ->
                        new MetricsEndpoint(new InetSocketAddress("0.0.0.0", 0), _ -> answer("")))
                .isInstanceOf(CarafeException.Invalid.class)
                .hasMessageContaining("0.0.0.0 is not a loopback address");
    }

    @Test
    void namesThePortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort());
            assertThatThrownBy(() -> new MetricsEndpoint(address, _ -> answer("")))
                    .isInstanceOf(CarafeException.Unavailable.class)
                    .hasMessageContaining(":" + taken.getLocalPort())
                    .hasMessageContaining("--metrics-address");
        }
    }

    private static HttpURLConnection ask(MetricsEndpoint endpoint, String method, String path)
            throws IOException {
        URI uri = URI.create("http://127.0.0.1:%d%s".formatted(endpoint.address().getPort(), path));
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestMethod(method);
        return connection;
    }

    private static Meters.Scrape answer(String text) {
        return new Meters.Scrape(
                "text/plain; version=0.0.4; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }
}
