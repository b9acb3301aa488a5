package carafe.image.pull;

import carafe.image.manifest.Descriptor;
import carafe.image.registry.FetchedManifest;
import carafe.image.registry.RegistrySession;
import java.io.InputStream;

/** An image in a registry. */
public final class RegistrySource implements ImageSource {
    /** A mirror or a cache may have it wrong once. */
    private static final int TRIES = 2;

    private final RegistrySession session;

    public RegistrySource(RegistrySession session) {
        this.session = session;
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
    public int tries() {
        return TRIES;
    }
}
