package carafe.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where spans go, and which calls have some.
 *
 * @param endpoint empty for no spans
 * @param samplesPerMillion 0 to 1,000,000
 */
public record TracingSection(
        @Doc(
                        "Collector, as \"http://127.0.0.1:4318\"; /v1/traces is added where no path is given. Empty: no spans.")
                String endpoint,
        @Doc(
                        "Of a million calls without a trace of the caller's, how many begin one. Calls with one follow it.")
                int samplesPerMillion) {
    private static final int MILLION = 1_000_000;

    public TracingSection {
        if (samplesPerMillion < 0 || samplesPerMillion > MILLION) {
            throw new IllegalArgumentException(
                    "samples_per_million is %d, must be 0 to %d"
                            .formatted(samplesPerMillion, MILLION));
        }
        if (!endpoint.isEmpty()) {
            url(endpoint);
        }
    }

    static TracingSection usual() {
        return new TracingSection("", 0);
    }

    /** The collector's whole URL; only where there is an endpoint. */
    public URI url() {
        return url(endpoint);
    }

    private static URI url(String endpoint) {
        URI url;
        try {
            url = URI.create(endpoint);
        } catch (IllegalArgumentException e) {
            throw wrong(endpoint, e);
        }
        boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!web || url.getHost() == null || url.getUserInfo() != null) {
            throw wrong(endpoint, null);
        }
        String path = url.getPath();
        return path.isEmpty() || path.equals("/") ? url.resolve("/v1/traces") : url;
    }

    private static IllegalArgumentException wrong(String endpoint, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "endpoint is \"%s\", must be a URL as http://127.0.0.1:4318".formatted(endpoint),
                cause);
    }
}
