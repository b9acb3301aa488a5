package carafe.image.unpack;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Layer sources for tests, from tars in memory. */
final class Layers {
    private Layers() {}

    static String digest(byte[] bytes) {
        var digest = Sha256.create();
        digest.update(bytes);
        return Sha256.finish(digest);
    }

    static byte[] gzip(byte[] tar) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(tar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    @SuppressWarnings("ArrayRecordComponent")
    record Memory(LayerDescriptor descriptor, byte[] blob) implements LayerSource {
        @Override
        public Fetch fetch() {
            return new Direct(() -> new ByteArrayInputStream(blob));
        }
    }

    /** Uncompressed layers, lowest first. */
    static List<LayerSource> of(byte[]... tars) {
        List<byte[]> blobs = List.of(tars);
        return of(Compression.NONE, blobs, blobs);
    }

    static List<LayerSource> of(Compression compression, List<byte[]> blobs, List<byte[]> tars) {
        List<String> diffIds = tars.stream().map(Layers::digest).toList();
        List<String> chainIds = ChainIds.of(diffIds);
        List<LayerSource> sources = new ArrayList<>();
        for (int i = 0; i < blobs.size(); i++) {
            byte[] blob = blobs.get(i);
            sources.add(
                    new Memory(
                            new LayerDescriptor(
                                    compression,
                                    digest(blob),
                                    blob.length,
                                    diffIds.get(i),
                                    chainIds.get(i)),
                            blob));
        }
        return sources;
    }
}
