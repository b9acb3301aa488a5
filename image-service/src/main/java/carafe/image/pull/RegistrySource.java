package carafe.image.pull;

import carafe.image.download.Downloads;
import carafe.image.manifest.Descriptor;
import carafe.image.registry.FetchedManifest;
import carafe.image.registry.RegistrySession;
import carafe.image.unpack.LayerSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** An image in a registry. */
public final class RegistrySource implements ImageSource {
    /** A mirror or a cache may have it wrong once. */
    private static final int TRIES = 2;

    private final RegistrySession session;
    private final Downloads downloads;

    public RegistrySource(RegistrySession session, Downloads downloads) {
        this.session = session;
        this.downloads = downloads;
    }

    @Override
    public Document resolve() {
        FetchedManifest fetched = session.resolve();
        return new Document(fetched.digest(), fetched.mediaType(), fetched.content());
    }

    @Override
    public byte[] manifest(Descriptor descriptor) {
        return session.manifest(descriptor.digest()).content();
    }

    @Override
    public InputStream blob(Descriptor descriptor, int failed) {
        return session.blob(descriptor, failed);
    }

    @Override
    public LayerSource.Fetch layer(Descriptor descriptor, int failed) {
        Downloads.Fetch fetch =
                downloads.begin(
                        descriptor.digest(),
                        descriptor.sizeBytes(),
                        session.origin(descriptor, failed),
                        failed == 0 ? Downloads.Trial.FIRST : Downloads.Trial.AGAIN);
        return downloaded(fetch);
    }

    @Override
    public void giveUp(List<Descriptor> layers) {
        layers.forEach(layer -> downloads.giveUp(layer.digest()));
    }

    static LayerSource.Fetch downloaded(Downloads.Fetch fetch) {
        return new Downloaded(fetch);
    }

    private record Downloaded(Downloads.Fetch fetch) implements LayerSource.Fetch {
        @Override
        public InputStream open() throws IOException {
            return fetch.open();
        }

        @Override
        public long bytes() {
            return fetch.bytes();
        }

        @Override
        public void used() {
            fetch.used();
        }

        @Override
        public void close() {
            fetch.close();
        }
    }

    @Override
    public int tries() {
        return TRIES;
    }
}
