package carafe.image.registry;

import carafe.base.CarafeException;
import carafe.image.download.BlobOrigin;
import carafe.image.download.RangesRefusedException;
import carafe.image.manifest.Descriptor;
import carafe.image.reference.Digest;
import carafe.image.reference.ImageReference;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One caller's pull of one image: its credentials, the tokens got with them, and the endpoints that
 * serve the registry, tried in order. Nothing of it outlives the pull. Thread-safe.
 */
public final class RegistrySession {
    private final ImageReference reference;
    private final List<Connection> connections;
    private final Retry retry;
    private final RangeMemory ranges;
    private final Redactor secrets;

    /** One endpoint with this pull's authorization there. */
    record Connection(Endpoint endpoint, ResolveManifest manifests, FetchBlob blobs) {}

    RegistrySession(
            ImageReference reference,
            List<Connection> connections,
            Retry retry,
            RangeMemory ranges,
            Redactor secrets) {
        this.reference = reference;
        this.connections = List.copyOf(connections);
        this.retry = retry;
        this.ranges = ranges;
        this.secrets = secrets;
    }

    /**
     * What the reference names now. Always asks the registry, so that access is checked for each
     * caller.
     *
     * @throws CarafeException.NotFound when no endpoint has it
     * @throws CarafeException.Denied when the last endpoint denies access
     * @throws CarafeException.Unavailable when no endpoint answers
     */
    public FetchedManifest resolve() {
        Digest pinned = reference.digest();
        return pinned == null
                ? manifest(Endpoint.Capability.RESOLVE, reference.target(), null)
                : manifest(pinned);
    }

    /** The manifest with this digest, from an index or a reference. */
    public FetchedManifest manifest(Digest digest) {
        return manifest(Endpoint.Capability.PULL, digest.toString(), digest);
    }

    private FetchedManifest manifest(
            Endpoint.Capability capability, String target, @Nullable Digest pinned) {
        return onEach(
                capability,
                "image " + reference,
                connection -> connection.manifests().run(reference.repository(), target, pinned));
    }

    /**
     * The blob's bytes; breaks are mended unseen. Nothing is sent before the first read. The reader
     * checks the digest.
     *
     * @param failed how often the reader got wrong content before; picks another endpoint
     */
    public InputStream blob(Descriptor blob, int failed) {
        return origin(blob, failed).rest(0);
    }

    /** As {@link #blob}, from any byte on and in parts. */
    public BlobOrigin origin(Descriptor blob, int failed) {
        List<Connection> able = able(Endpoint.Capability.PULL);
        return new BlobOrigin() {
            @Override
            public InputStream rest(long offset) {
                return stream(
                        blob,
                        able.size(),
                        new BlobStream.Span(offset, blob.sizeBytes()),
                        (at, failedHere) -> open(able, blob, at, failed + failedHere));
            }

            @Override
            public InputStream range(long offset, long end) {
                return stream(
                        blob,
                        able.size(),
                        new BlobStream.Span(offset, end),
                        (at, failedHere) ->
                                part(able.get((failed + failedHere) % able.size()), blob, at, end));
            }

            @Override
            public boolean mayRange() {
                return ranges.mayBeAsked(able.get(failed % able.size()).blobs().origin());
            }
        };
    }

    private InputStream stream(
            Descriptor blob, int hosts, BlobStream.Span span, BlobStream.Opener opener) {
        return new BlobStream(
                opener,
                hosts,
                retry.at("blob %s of %s".formatted(blob.digest(), reference), secrets),
                span);
    }

    private InputStream part(Connection from, Descriptor blob, long offset, long end)
            throws IOException {
        try {
            return from.blobs().part(reference.repository(), blob, offset, end);
        } catch (RangesRefusedException e) {
            ranges.refuses(from.blobs().origin());
            throw e;
        } catch (CarafeException.NotFound | CarafeException.Denied e) {
            // Whoever asks for the whole finds out who has it.
            throw new RangesRefusedException("refused: " + e.getMessage());
        }
    }

    /**
     * From the endpoint after the one that failed; whoever has not got it is passed over. Of
     * several reasons the last endpoint's counts: it is the registry itself.
     */
    private InputStream open(List<Connection> able, Descriptor blob, long offset, int failed)
            throws IOException {
        CarafeException reason = null;
        for (int i = 0; i < able.size(); i++) {
            int at = (failed + i) % able.size();
            try {
                return able.get(at).blobs().open(reference.repository(), blob, offset);
            } catch (CarafeException.NotFound | CarafeException.Denied e) {
                reason = reason == null || at == able.size() - 1 ? e : reason;
            }
        }
        throw Objects.requireNonNull(reason);
    }

    private List<Connection> able(Endpoint.Capability capability) {
        List<Connection> able =
                connections.stream()
                        .filter(c -> c.endpoint().capabilities().contains(capability))
                        .toList();
        if (able.isEmpty()) {
            throw new CarafeException.Precondition(
                    "no host configured for registry %s may %s"
                            .formatted(reference.registry(), capability));
        }
        return able;
    }

    @FunctionalInterface
    private interface Action<T> {
        T run(Connection connection) throws IOException;
    }

    private <T> T onEach(Endpoint.Capability capability, String what, Action<T> action) {
        List<CarafeException> failures = new ArrayList<>();
        List<Connection> able = able(capability);
        for (Connection connection : able) {
            String where = "%s from %s".formatted(what, connection.endpoint().origin());
            Retry.Scope tries =
                    connection.equals(able.getLast())
                            ? retry.at(where, secrets)
                            : retry.briefly(where, secrets);
            try {
                return tries.run(() -> action.run(connection));
            } catch (CarafeException.Deadline e) {
                throw e;
            } catch (CarafeException e) {
                failures.addFirst(e);
            }
        }
        CarafeException last = failures.removeFirst();
        failures.forEach(last::addSuppressed);
        throw last;
    }
}
