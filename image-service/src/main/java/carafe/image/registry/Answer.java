package carafe.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;

/**
 * A response whose body was not read yet. Close it, or hand its body on.
 *
 * @param uri who answered in the end
 */
record Answer(URI uri, int status, HttpHeaders headers, InputStream body) implements AutoCloseable {
    /** The header's first value, or empty. */
    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /**
     * Reads the whole body.
     *
     * @throws OversizeException when it is longer than allowed
     */
    byte[] read(int maxBytes) throws IOException {
        byte[] content = body.readNBytes(maxBytes + 1);
        if (content.length > maxBytes) {
            throw new OversizeException(maxBytes);
        }
        return content;
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
