package carafe.image.registry;

import carafe.image.download.RangesRefusedException;
import carafe.image.manifest.Descriptor;
import java.io.IOException;
import java.io.InputStream;

/**
 * GET /v2/(repository)/blobs/(digest), from any byte on. The content is not checked against the
 * digest here: whoever reads it does so. Thread-safe.
 */
final class FetchBlob {
    private final Authorization registry;
    private final Endpoint endpoint;
    private final Redactor secrets;

    FetchBlob(Authorization registry, Endpoint endpoint, Redactor secrets) {
        this.registry = registry;
        this.endpoint = endpoint;
        this.secrets = secrets;
    }

    /**
     * The blob's bytes from the offset on. A server that does not honour ranges exactly is asked
     * for everything, and what is known already is skipped.
     *
     * @throws carafe.base.CarafeException.NotFound when the registry has no such blob
     */
    InputStream open(String repository, Descriptor blob, long offset) throws IOException {
        Call call = Call.get(endpoint.resource(repository + "/blobs/" + blob.digest()));
        if (offset > 0) {
            Answer part = registry.send(call.with("Range", "bytes=%d-".formatted(offset)));
            if (part.status() == 206
                    && isExactly(part, offset, blob.sizeBytes(), blob.sizeBytes())) {
                return part.body();
            }
            boolean otherRange = part.status() == 206 || part.status() == 416;
            if (!otherRange) {
                return whole(part, blob, offset);
            }
            part.close();
        }
        return whole(registry.send(call), blob, offset);
    }

    /**
     * Exactly these bytes of the blob.
     *
     * @param end exclusive
     * @throws RangesRefusedException when the server answers with something else than them
     */
    InputStream part(String repository, Descriptor blob, long offset, long end) throws IOException {
        Call call =
                Call.get(endpoint.resource(repository + "/blobs/" + blob.digest()))
                        .with("Range", "bytes=%d-%d".formatted(offset, end - 1));
        Answer part = registry.send(call);
        if (part.status() == 206 && isExactly(part, offset, end, blob.sizeBytes())) {
            return part.body();
        }
        boolean handled = part.status() == 200 || part.status() == 206 || part.status() == 416;
        try (part) {
            if (handled) {
                throw new RangesRefusedException(
                        "status %d, Content-Range %s, for bytes %d-%d"
                                .formatted(
                                        part.status(),
                                        secrets.clean(part.header("Content-Range")),
                                        offset,
                                        end - 1));
            }
            throw Refusal.of(part, "blob " + blob.digest(), secrets);
        }
    }

    /** Where it is. */
    Origin origin() {
        return endpoint.origin();
    }

    private InputStream whole(Answer answer, Descriptor blob, long offset) throws IOException {
        boolean handedOver = false;
        try {
            if (answer.status() != 200) {
                throw Refusal.of(answer, "blob " + blob.digest(), secrets);
            }
            refuseOtherLength(answer, blob);
            answer.body().skipNBytes(offset);
            handedOver = true;
            return answer.body();
        } finally {
            if (!handedOver) {
                answer.close();
            }
        }
    }

    private static void refuseOtherLength(Answer answer, Descriptor blob) throws IOException {
        String length = answer.header("Content-Length");
        if (!length.isEmpty() && !length.equals(Long.toString(blob.sizeBytes()))) {
            throw new IOException(
                    "it sends %s bytes for blob %s, which has %d"
                            .formatted(length, blob.digest(), blob.sizeBytes()));
        }
    }

    private static boolean isExactly(Answer part, long offset, long end, long size) {
        String range = part.header("Content-Range").strip();
        String expected = "bytes %d-%d/".formatted(offset, end - 1);
        return range.equals(expected + size) || range.equals(expected + "*");
    }
}
