package carafe.image.unpack;

import carafe.linux.fs.RootDir;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The layers of one image that can be looked into, lowest first; who looks into one that is not
 * finished waits for it. Thread-safe; owns the directory handles.
 */
final class FinishedLayers {
    private final Until until;
    private final List<CompletableFuture<Finished>> bottomFirst = new ArrayList<>();

    /**
     * @param layers how many there are
     */
    FinishedLayers(int layers, Until until) {
        this.until = until;
        for (int i = 0; i < layers; i++) {
            bottomFirst.add(new CompletableFuture<>());
        }
    }

    /**
     * A layer that can be looked into from the layers above.
     *
     * @param root closed with the outer object
     */
    record Finished(RootDir root, boolean opaqueRoot, boolean inheritsRoot) {}

    void complete(int index, Finished layer) {
        bottomFirst.get(index).complete(layer);
    }

    /**
     * What a layer stands on: those below it, as far down as they can be seen.
     *
     * @param impliesRoot whether it needs to know what its root directory looks like
     */
    SettleLayer.Below below(int index, boolean impliesRoot)
            throws InterruptedException, ExecutionException {
        return new SettleLayer.Below(impliesRoot ? rootBelow(index) : null, visible(index));
    }

    private @Nullable RootDir rootBelow(int index) throws InterruptedException, ExecutionException {
        RootDir root = null;
        for (int i = index - 1; i >= 0; i--) {
            Finished next = await(i);
            root = next.root();
            if (!next.inheritsRoot()) {
                break;
            }
        }
        return root;
    }

    private List<RootDir> visible(int index) throws InterruptedException, ExecutionException {
        List<RootDir> topFirst = new ArrayList<>();
        for (int i = index - 1; i >= 0; i--) {
            Finished next = await(i);
            topFirst.add(next.root());
            if (next.opaqueRoot()) {
                break;
            }
        }
        return topFirst;
    }

    private Finished await(int index) throws InterruptedException, ExecutionException {
        try {
            return bottomFirst.get(index).get(until.left(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw until.passed();
        }
    }

    /** To be called when nobody looks any more. */
    void close(int index) {
        CompletableFuture<Finished> layer = bottomFirst.get(index);
        if (layer.isDone()) {
            layer.join().root().close();
        }
    }
}
