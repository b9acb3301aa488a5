package carafe.image.pull;

import carafe.image.PullMeter;
import carafe.image.PullMeter.Stage;
import carafe.image.manifest.Descriptor;
import carafe.image.unpack.LayerSource;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** The source of one pull, which tells how long its stages take. As thread-safe as the source. */
public final class TimedSource extends ForwardingSource {
    private final PullMeter meter;
    private final String registry;
    private volatile long resolveNanos;

    public TimedSource(ImageSource source, PullMeter meter, String registry) {
        super(source);
        this.meter = meter;
        this.registry = registry;
    }

    /** Runs the whole pull. */
    public <T> T timed(Supplier<T> pull) {
        long begin = System.nanoTime();
        boolean success = false;
        try {
            T result = pull.get();
            success = true;
            return result;
        } finally {
            meter.pulled(registry, success, System.nanoTime() - begin);
        }
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
        resolveNanos = System.nanoTime() - begin;
        meter.stage(Stage.RESOLVE, registry, OptionalLong.empty(), resolveNanos);
        return document;
    }

    @Override
    public LayerSource.Fetch layer(Descriptor descriptor, int failed) {
        return new TimedFetch(source.layer(descriptor, failed), descriptor.sizeBytes());
    }

    private final class Verified extends ForwardingSource {
        Verified(ImageSource guarded) {
            super(guarded);
        }

        @Override
        public Document resolve() {
            long begin = System.nanoTime();
            Document document = super.resolve();
            meter.stage(
                    Stage.VERIFY,
                    registry,
                    OptionalLong.empty(),
                    Math.max(0, System.nanoTime() - begin - resolveNanos));
            return document;
        }
    }

    private final class TimedFetch implements LayerSource.Fetch {
        private final LayerSource.Fetch fetch;
        private final long bytes;
        private final long asked = System.nanoTime();
        private volatile long opened = asked;

        TimedFetch(LayerSource.Fetch fetch, long bytes) {
            this.fetch = fetch;
            this.bytes = bytes;
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
            meter.stage(Stage.UNPACK, registry, OptionalLong.of(bytes), System.nanoTime() - opened);
            fetch.used();
        }

        @Override
        public void close() {
            fetch.close();
        }

        /** Sees the last byte pass. */
        private final class Counted extends FilterInputStream {
            private long left = bytes;

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
                        meter.stage(
                                Stage.DOWNLOAD,
                                registry,
                                OptionalLong.of(bytes),
                                System.nanoTime() - asked);
                    }
                }
            }
        }
    }
}
