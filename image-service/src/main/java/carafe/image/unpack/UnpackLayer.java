package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.image.snapshot.Failures;
import carafe.image.snapshot.LayerLease;
import carafe.image.snapshot.StagedLayer;
import carafe.linux.SyscallException;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.RawNames;
import carafe.linux.fs.RootDir;
import java.io.IOException;
import java.io.InputStream;

/**
 * One layer on its way: {@link #read} takes the tar in, without any lower layer; {@link #settle}
 * finishes it when the lower layers are finished; {@link #publish} makes it durable and visible.
 * Owns the staged directory and deletes it unless published. Used by one thread.
 */
final class UnpackLayer implements AutoCloseable {
    private final LayerDescriptor layer;
    private final FileCalls calls;
    private final StagedLayer staged;
    private final Notes notes;
    private final FreeSpace space;
    private boolean opaqueRoot;
    private boolean impliesRoot;
    private boolean needsLower;

    /**
     * @param staged closed with this object, or when construction fails
     */
    UnpackLayer(LayerDescriptor layer, FileCalls calls, StagedLayer staged, UnpackLimits limits)
            throws SyscallException {
        this.layer = layer;
        this.calls = calls;
        this.staged = staged;
        this.space = new FreeSpace(calls, staged.fs().fd(), limits);
        try {
            this.notes = Notes.of(calls, staged);
        } catch (SyscallException e) {
            staged.close();
            throw e;
        }
    }

    /** The layer's root directory, lent. */
    RootDir root() {
        return staged.fs();
    }

    boolean opaqueRoot() {
        return opaqueRoot;
    }

    /** Whether {@link #settle} has to look into the lower layers; known once it was read. */
    boolean needsLower() {
        return needsLower;
    }

    /** See {@link carafe.image.snapshot.Layer#inheritsRoot}. */
    boolean inheritsRoot() {
        return !needsLower && impliesRoot;
    }

    /**
     * Whether its root directory has to look as the one below; of a layer that needs lower ones.
     */
    boolean impliesRoot() {
        return impliesRoot;
    }

    /**
     * Reads, verifies and unpacks the whole blob.
     *
     * @param source closed when this returns
     */
    void read(InputStream source, Budget budget, Until until) throws InterruptedException {
        try (LayerPipeline pipeline = new LayerPipeline(layer, source, budget, until);
                LayerWriter writer = new LayerWriter(calls, staged.fs(), notes, space)) {
            pipeline.start();
            String file = layer.file();
            if (file == null) {
                TarReader tar = new TarReader(new TarInput(pipeline));
                for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                    writer.write(entry, tar);
                }
            } else {
                writer.writeFile(RawNames.of(file), layer.sizeBytes(), pipeline);
            }
            pipeline.verify();
            opaqueRoot = writer.opaqueRoot();
            impliesRoot = writer.impliesRoot();
            needsLower = notes.needLower();
        } catch (CarafeException e) {
            throw named(e);
        } catch (SyscallException e) {
            throw Failures.of("unpack layer " + layer.digest(), e);
        } catch (IOException e) {
            throw new CarafeException.Internal("unpack layer " + layer.digest() + ": " + e, e);
        }
    }

    /**
     * @param below finished layers that are visible from here, and whose root directory is the next
     */
    void settle(SettleLayer.Below below) {
        try {
            SettleLayer.Below seen = opaqueRoot ? below.hidden() : below;
            new SettleLayer(calls, staged.fs(), notes, space, seen).run();
        } catch (CarafeException e) {
            throw named(e);
        } catch (SyscallException e) {
            throw Failures.of("finish layer " + layer.digest(), e);
        }
    }

    /** What is wrong with an entry does not know its layer. */
    private CarafeException named(CarafeException e) {
        String message = "layer %s: %s".formatted(layer.digest(), e.getMessage());
        if (e instanceof CarafeException.Invalid) {
            return new CarafeException.Invalid(message, e);
        }
        return e instanceof CarafeException.Exhausted
                ? new CarafeException.Exhausted(message, e)
                : e;
    }

    /** The layer in the store, leased. */
    LayerLease publish() throws InterruptedException {
        return staged.publish(
                new StagedLayer.Contents(
                        layer.name(),
                        space.bytes(),
                        space.inodes(),
                        opaqueRoot,
                        !needsLower,
                        inheritsRoot(),
                        notes.sums()));
    }

    @Override
    public void close() {
        notes.close();
        staged.close();
    }
}
