package carafe.image.pull;

import carafe.base.trace.Span;
import carafe.base.trace.Spans;
import carafe.image.PullMeter;
import carafe.image.PullMeter.Stage;
import carafe.image.manifest.Descriptor;
import carafe.image.unpack.LayerSource;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The source of one pull, which tells how long its stages take, and makes them spans where somebody
 * traces the pull. As thread-safe as the source.
 */
public final class TimedSource extends ForwardingSource {
    private final PullMeter meter;
    private final String registry;
    private volatile long resolved;

    /** Of the pull; its stages are on other threads. */
    private volatile Span span = Span.NONE;

    public TimedSource(ImageSource source, PullMeter meter, String registry) {
        super(source);
        this.meter = meter;
        this.registry = registry;
    }

    /** Runs the whole pull. */
    public <T> T timed(Supplier<T> pull) {
        long begin = System.nanoTime();
        boolean success = false;
        try (Spans.Open whole = Spans.open("pull")) {
            whole.note("carafe.registry", registry);
            span = Spans.current();
            try {
                T result = pull.get();
                success = true;
                return result;
            } catch (RuntimeException e) {
                whole.fail(String.valueOf(e.getMessage()));
                throw e;
            } finally {
                meter.pulled(registry, success, System.nanoTime() - begin, whole.trace());
            }
        }
    }

    private void finished(Stage stage, Optional<Descriptor> layer, long begin) {
        long end = Math.max(begin, System.nanoTime());
        Span part = span.child("pull." + stage.name().toLowerCase(Locale.ROOT), begin);
        layer.ifPresent(blob -> {
            part.note("carafe.layer", blob.digest().toString());
            part.note("carafe.bytes", Long.toString(blob.sizeBytes()));
        });
        part.end(end);
        OptionalLong bytes =
                layer.isPresent() ? OptionalLong.of(layer.get().sizeBytes()) : OptionalLong.empty();
        meter.stage(stage, registry, bytes, end - begin, part.trace());
    }

    /**
     * @param guarded this source behind the policy: what it takes longer to resolve is the check
     */
    public ImageSource verifying(ImageSource guarded) {
        return new Verified(guarded);
    }

    @Override
    public Document resolve() {
        long begin = System.nanoTime();
        Document document = super.resolve();
        finished(Stage.RESOLVE, Optional.empty(), begin);
        resolved = System.nanoTime();
        return document;
    }

    @Override
    public LayerSource.Fetch layer(Descriptor descriptor, int failed) {
        return new TimedFetch(source.layer(descriptor, failed), descriptor);
    }

    private final class Verified extends ForwardingSource {
        Verified(ImageSource guarded) {
            super(guarded);
        }

        @Override
        public Document resolve() {
            Document document = super.resolve();
            finished(Stage.VERIFY, Optional.empty(), resolved);
            return document;
        }
    }

    private final class TimedFetch implements LayerSource.Fetch {
        private final LayerSource.Fetch fetch;
        private final Descriptor layer;
        private final long asked = System.nanoTime();
        private volatile long opened = asked;

        TimedFetch(LayerSource.Fetch fetch, Descriptor layer) {
            this.fetch = fetch;
            this.layer = layer;
        }

        @Override
        public InputStream open() throws IOException {
            opened = System.nanoTime();
            return new Counted(fetch.open());
        }

        @Override
        public long bytes() {
            return fetch.bytes();
        }

        @Override
        public void used() {
            finished(Stage.UNPACK, Optional.of(layer), opened);
            fetch.used();
        }

        @Override
        public void close() {
            fetch.close();
        }

        /** Sees the last byte pass. */
        private final class Counted extends FilterInputStream {
            private long left = layer.sizeBytes();

            Counted(InputStream in) {
                super(in);
            }

            @Override
            public int read() throws IOException {
                int read = in.read();
                count(read < 0 ? 0 : 1);
                return read;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int read = in.read(buffer, offset, length);
                count(Math.max(0, read));
                return read;
            }

            private void count(int read) {
                if (read > 0) {
                    left -= read;
                    if (left == 0) {
                        finished(Stage.DOWNLOAD, Optional.of(layer), asked);
                    }
                }
            }
        }
    }
}
