package carafe.image.archive;

import carafe.base.CarafeException;
import carafe.image.manifest.Descriptor;
import carafe.image.manifest.DocumentReader;
import carafe.image.manifest.ImageDocument;
import carafe.image.manifest.ImageIndex;
import carafe.image.manifest.MediaTypes;
import carafe.image.pull.ImageSource;
import carafe.image.reference.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;

/** An OCI image layout (image-spec 1.1, image-layout). Thread-safe while its files are open. */
final class LayoutSource implements ImageSource {
    static final String INDEX = "index.json";

    private static final String REF_NAME = "org.opencontainers.image.ref.name";

    private final ArchiveFiles files;
    private final String wantedName;

    /**
     * @param wantedName chooses among several images by their annotation; may be empty
     */
    LayoutSource(ArchiveFiles files, String wantedName) {
        this.files = files;
        this.wantedName = wantedName;
    }

    @Override
    public Document resolve() {
        byte[] content = read(INDEX, DocumentReader.MAX_BYTES);
        ImageDocument document = new DocumentReader().read(content, MediaTypes.OCI_INDEX);
        if (!(document instanceof ImageIndex index)) {
            throw new CarafeException.Invalid("the layout's index.json is no index");
        }
        List<Descriptor> entries = candidates(index);
        if (entries.size() == 1) {
            Descriptor only = entries.getFirst();
            return new Document(only.digest(), only.mediaType(), manifest(only));
        }
        boolean platforms = entries.stream().allMatch(entry -> entry.platform() != null);
        long different = entries.stream().map(Descriptor::platform).distinct().count();
        if (!platforms || different < entries.size()) {
            throw new CarafeException.Invalid(
                    "the archive holds %d images; import it with the name that one of them is"
                                    .formatted(entries.size())
                            + " annotated with");
        }
        return new Document(Digest.of(content), MediaTypes.OCI_INDEX, content);
    }

    private List<Descriptor> candidates(ImageIndex index) {
        List<Descriptor> named =
                index.manifests().stream()
                        .filter(entry -> isWanted(entry.annotations().getOrDefault(REF_NAME, "")))
                        .toList();
        return named.isEmpty() ? index.manifests() : named;
    }

    private boolean isWanted(String name) {
        return !name.isEmpty() && (wantedName.equals(name) || wantedName.endsWith(":" + name));
    }

    @Override
    public byte[] manifest(Descriptor descriptor) {
        byte[] content = read(path(descriptor.digest()), DocumentReader.MAX_BYTES);
        if (!descriptor.digest().matches(content)) {
            throw new CarafeException.Invalid(
                    "the archive's %s has other content than its name says"
                            .formatted(descriptor.digest()));
        }
        return content;
    }

    @Override
    public InputStream blob(Descriptor descriptor, int failed) {
        try {
            return files.open(path(descriptor.digest()));
        } catch (IOException e) {
            throw ArchiveErrors.of(e);
        }
    }

    private byte[] read(String path, int maxBytes) {
        try {
            return files.read(path, maxBytes);
        } catch (IOException e) {
            throw ArchiveErrors.of(e);
        }
    }

    private static String path(Digest digest) {
        String algorithm = digest.algorithm().name().toLowerCase(Locale.ROOT);
        return "blobs/" + algorithm + "/" + digest.hex();
    }

    @Override
    public int tries() {
        return 1;
    }
}
