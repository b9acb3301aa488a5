package carafe.image.pull;

import carafe.image.manifest.Descriptor;
import carafe.image.unpack.LayerSource;
import java.io.InputStream;
import java.util.List;

/** A source in front of another one; what is not overridden is asked of that. */
public abstract class ForwardingSource implements ImageSource {
    protected final ImageSource source;

    protected ForwardingSource(ImageSource source) {
        this.source = source;
    }

    @Override
    public Document resolve() {
        return source.resolve();
    }

    @Override
    public byte[] manifest(Descriptor descriptor) {
        return source.manifest(descriptor);
    }

    @Override
    public InputStream blob(Descriptor descriptor, int failed) {
        return source.blob(descriptor, failed);
    }

    @Override
    public LayerSource.Fetch layer(Descriptor descriptor, int failed) {
        return source.layer(descriptor, failed);
    }

    @Override
    public void giveUp(List<Descriptor> layers) {
        source.giveUp(layers);
    }

    @Override
    public int tries() {
        return source.tries();
    }
}
