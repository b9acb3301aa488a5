package carafe.image.signature;

import carafe.image.pull.ForwardingSource;
import carafe.image.pull.ImageSource;
import carafe.image.reference.Digest;
import java.util.function.Consumer;

/** A source whose image is checked as soon as its digest is known. As thread-safe as the source. */
final class GuardedSource extends ForwardingSource {
    private final Consumer<Digest> check;

    /**
     * @param check throws when the image may not be pulled
     */
    GuardedSource(ImageSource source, Consumer<Digest> check) {
        super(source);
        this.check = check;
    }

    @Override
    public Document resolve() {
        Document document = source.resolve();
        check.accept(document.digest());
        return document;
    }
}
