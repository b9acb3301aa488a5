package carafe.shim.it;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The exit record as its readers see it. */
record ExitFile(
        int code,
        int signal,
        boolean oomKilled,
        long startedAtNanos,
        long finishedAtNanos,
        long lostLogBytes,
        String startError) {
    static ExitFile of(String text) throws IOException {
        try {
            Json json = Json.parse(text.getBytes(StandardCharsets.UTF_8));
            return new ExitFile(
                    (int) json.get("code").integer(0, 255),
                    (int) json.get("signal").integer(0, 64),
                    json.get("oomKilled").isTrue(),
                    json.get("startedAtNanos").integer(0, Long.MAX_VALUE),
                    json.get("finishedAtNanos").integer(0, Long.MAX_VALUE),
                    json.get("lostLogBytes").integer(0, Long.MAX_VALUE),
                    json.get("startError").string());
        } catch (JsonException e) {
            throw new IOException(text, e);
        }
    }
}
