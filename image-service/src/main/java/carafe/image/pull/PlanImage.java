package carafe.image.pull;

import carafe.base.CarafeException;
import carafe.image.ImageConfig;
import carafe.image.manifest.ArtifactManifest;
import carafe.image.manifest.ConfigDocument;
import carafe.image.manifest.ConfigReader;
import carafe.image.manifest.Descriptor;
import carafe.image.manifest.DocumentReader;
import carafe.image.manifest.ImageDocument;
import carafe.image.manifest.ImageIndex;
import carafe.image.manifest.ImageManifest;
import carafe.image.manifest.PlatformChoice;
import carafe.image.reference.Digest;
import carafe.image.unpack.ChainIds;
import carafe.image.unpack.Compression;
import carafe.image.unpack.LayerDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * From a document to a plan: index, platform, manifest, configuration; each checked against the
 * digest, size and type that the one before it promised. Thread-safe.
 */
final class PlanImage {
    private static final int MAX_INDEXES = 3;

    private final DocumentReader documents = new DocumentReader();
    private final ConfigReader configs = new ConfigReader();
    private final PlatformChoice platform;

    PlanImage(PlatformChoice platform) {
        this.platform = platform;
    }

    /**
     * @param top what the image's name means
     */
    ImagePlan run(ImageSource source, ImageSource.Document top) {
        byte[] content = top.content();
        ImageDocument document = documents.read(content, top.mediaType());
        for (int indexes = 0; document instanceof ImageIndex index; indexes++) {
            if (indexes == MAX_INDEXES) {
                throw new CarafeException.Invalid(
                        "the image is an index in an index, more than %d deep"
                                .formatted(MAX_INDEXES));
            }
            Descriptor chosen = platform.choose(index);
            content = promised(chosen, source.manifest(chosen));
            document = documents.read(content, chosen.mediaType());
        }
        return switch (document) {
            case ImageManifest image -> plan(source, content, image);
            case ArtifactManifest artifact -> plan(content, artifact);
            case ImageIndex _ -> throw new IllegalStateException("all indexes were followed");
        };
    }

    private static byte[] promised(Descriptor descriptor, byte[] content) {
        boolean kept =
                content.length == descriptor.sizeBytes() && descriptor.digest().matches(content);
        if (!kept) {
            throw new CarafeException.Invalid(
                    "%s %s: other content than promised (%d bytes, promised are %d)"
                            .formatted(
                                    descriptor.mediaType(),
                                    descriptor.digest(),
                                    content.length,
                                    descriptor.sizeBytes()));
        }
        return content;
    }

    private ImagePlan plan(ImageSource source, byte[] manifestBytes, ImageManifest manifest) {
        byte[] config = config(source, manifest.config());
        ConfigDocument document = configs.read(config, manifest.layers().size());
        platform.check(document);
        return new ImagePlan(
                manifest.config().digest(),
                manifestBytes,
                config,
                document,
                layers(manifest.layers(), document.diffIds()));
    }

    /** An artifact's configuration says nothing of what we know; its manifest stands for both. */
    private static ImagePlan plan(byte[] manifestBytes, ArtifactManifest artifact) {
        List<ArtifactManifest.File> files = artifact.files();
        List<Digest> identities = files.stream().map(ArtifactManifest.File::identity).toList();
        List<String> chainIds = ChainIds.of(identities.stream().map(Digest::toString).toList());
        List<ImagePlan.Layer> layers = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            Descriptor blob = files.get(i).blob();
            layers.add(
                    new ImagePlan.Layer(
                            blob,
                            new LayerDescriptor(
                                    Compression.NONE,
                                    blob.digest().toString(),
                                    blob.sizeBytes(),
                                    identities.get(i).toString(),
                                    chainIds.get(i),
                                    files.get(i).name())));
        }
        return new ImagePlan(
                Digest.of(manifestBytes),
                manifestBytes,
                manifestBytes,
                new ConfigDocument(ImageConfig.NONE, identities),
                layers);
    }

    private static byte[] config(ImageSource source, Descriptor descriptor) {
        if (descriptor.sizeBytes() > ConfigReader.MAX_BYTES) {
            throw new CarafeException.Invalid(
                    "the image's configuration has %d bytes, at most %d are accepted"
                            .formatted(descriptor.sizeBytes(), ConfigReader.MAX_BYTES));
        }
        for (int failed = 0; ; failed++) {
            try {
                return promised(descriptor, read(source, descriptor, failed));
            } catch (CarafeException.Invalid e) {
                if (failed + 1 == source.tries()) {
                    throw e;
                }
            }
        }
    }

    private static byte[] read(ImageSource source, Descriptor descriptor, int failed) {
        try (InputStream in = source.blob(descriptor, failed)) {
            return in.readNBytes(ConfigReader.MAX_BYTES + 1);
        } catch (IOException e) {
            throw new CarafeException.Unavailable(
                    "cannot read the image's configuration %s: %s"
                            .formatted(descriptor.digest(), e.getMessage()),
                    e);
        }
    }

    private static List<ImagePlan.Layer> layers(List<Descriptor> blobs, List<Digest> diffIds) {
        List<String> chainIds = ChainIds.of(diffIds.stream().map(Digest::toString).toList());
        List<ImagePlan.Layer> layers = new ArrayList<>();
        for (int i = 0; i < blobs.size(); i++) {
            Descriptor blob = blobs.get(i);
            LayerDescriptor content =
                    new LayerDescriptor(
                            Compression.ofMediaType(blob.mediaType()),
                            blob.digest().toString(),
                            blob.sizeBytes(),
                            diffIds.get(i).toString(),
                            chainIds.get(i));
            layers.add(new ImagePlan.Layer(blob, content));
        }
        return layers;
    }
}
