package carafe.image.signature;

import carafe.image.manifest.Descriptor;
import carafe.image.pull.ImageSource;
import carafe.image.reference.Digest;
import carafe.image.unpack.LayerSource;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;

/** A source whose image is checked as soon as its digest is known. As thread-safe as the source. */
final class GuardedSource implements ImageSource {
    private final ImageSource source;
    private final Consumer<Digest> check;

    /**
     * @param check throws when the image may not be pulled
     */
    GuardedSource(ImageSource source, Consumer<Digest> check) {
        this.source = source;
        this.check = check;
    }

    @Override
    public Document resolve() {
        Document document = source.resolve();
        check.accept(document.digest());
        return document;
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
