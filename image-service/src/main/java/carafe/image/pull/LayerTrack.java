package carafe.image.pull;

import carafe.image.PullStatus;
import carafe.image.PullStatus.State;
import carafe.image.unpack.LayerDescriptor;
import carafe.image.unpack.LayerSource;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A layer as the unpacker takes it, which keeps an account of what becomes of it. Thread-safe. */
final class LayerTrack implements LayerSource {
    private final ImagePlan.Layer layer;
    private final ImageSource source;
    private final int failed;
    private volatile @Nullable Tracked fetch;
    private volatile boolean opened;
    private volatile boolean done;

    /**
     * @param failed how often the image's content was found wrong before
     */
    LayerTrack(ImagePlan.Layer layer, ImageSource source, int failed) {
        this.layer = layer;
        this.source = source;
        this.failed = failed;
    }

    @Override
    public LayerDescriptor descriptor() {
        return layer.content();
    }

    @Override
    public void present() {
        done = true;
    }

    @Override
    public Fetch fetch() {
        Tracked tracked = new Tracked(source.layer(layer.blob(), failed));
        fetch = tracked;
        return tracked;
    }

    PullStatus.LayerStatus status() {
        long size = layer.blob().sizeBytes();
        Tracked tracked = fetch;
        long here = tracked == null ? 0 : Math.min(size, tracked.bytes());
        State state =
                done
                        ? State.DONE
                        : opened ? State.UNPACKING : here > 0 ? State.DOWNLOADING : State.WAITING;
        return new PullStatus.LayerStatus(
                layer.blob().digest().toString(), size, done ? size : here, state);
    }

    private final class Tracked implements Fetch {
        private final Fetch fetch;

        Tracked(Fetch fetch) {
            this.fetch = fetch;
        }

        @Override
        public InputStream open() throws IOException {
            opened = true;
            return fetch.open();
        }

        @Override
        public long bytes() {
            return fetch.bytes();
        }

        @Override
        public void used() {
            done = true;
            fetch.used();
        }

        @Override
        public void close() {
            fetch.close();
        }
    }
}
