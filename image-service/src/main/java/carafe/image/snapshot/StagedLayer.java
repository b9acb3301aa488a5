package carafe.image.snapshot;

import carafe.base.CarafeException;
import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.OpenHow;
import carafe.linux.fs.RawNames;
import carafe.linux.fs.RootDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A layer that is being unpacked, under a temporary name. Either it is published or {@link
 * #close()} deletes it. Used by one thread at a time.
 */
public final class StagedLayer implements AutoCloseable {
    static final String FS = "fs";
    private static final Logger LOG = LoggerFactory.getLogger(StagedLayer.class);

    private final LayerStore store;
    private final StoreDir dir;
    private final String madeName;
    private final RootDir fs;
    private String name;
    private boolean published;

    StagedLayer(LayerStore store, StoreDir dir, String name) throws SyscallException {
        this.store = store;
        this.dir = dir;
        this.madeName = name;
        this.name = name;
        try (RootDir root = dir.root();
                RootDir self = root.descend(RawNames.of(name))) {
            dir.calls().mkdirat(self.fd(), RawNames.of(FS), 0755);
            this.fs = self.descend(RawNames.of(FS));
        }
    }

    /** The layer's content; closed with this object. */
    public RootDir fs() {
        return fs;
    }

    /** A new file beside the content, gone when the layer is published or deleted. */
    public Fd scratch(String file) throws SyscallException {
        byte[] path = RawNames.of(name + "/" + file);
        try (RootDir root = dir.root()) {
            Fd fd = root.open(path, OpenHow.CREATE_READ_WRITE);
            try {
                dir.calls().unlinkat(root.fd(), path, 0);
                return fd;
            } catch (SyscallException e) {
                fd.close();
                throw e;
            }
        }
    }

    /**
     * Makes the layer durable and visible, and leases it to the caller.
     *
     * @throws CarafeException.Exhausted when the disk is full
     */
    public LayerLease publish(Contents contents) throws InterruptedException {
        LayerLease lease = store.publish(this, contents);
        published = true;
        return lease;
    }

    /**
     * What was found while unpacking.
     *
     * @param name the diff id is verified
     * @param bytes estimated disk use
     * @param inodes count
     * @param opaqueRoot see {@link Layer}
     * @param independent see {@link Layer}
     * @param inheritsRoot see {@link Layer}
     * @param sums of the files that were just written
     */
    public record Contents(
            LayerName name,
            long bytes,
            long inodes,
            boolean opaqueRoot,
            boolean independent,
            boolean inheritsRoot,
            KnownSums sums) {}

    /** Records the content as it is now, so that it can be proven unchanged later. */
    TreeRecord.Written recordTree(KnownSums sums) throws SyscallException, InterruptedException {
        try (RootDir root = dir.root();
                RootDir self = root.descend(RawNames.of(name))) {
            return TreeRecord.write(dir.calls(), self, fs, sums);
        }
    }

    /** The temporary name that it was made under. */
    String madeName() {
        return madeName;
    }

    /** The name that it has now. */
    String name() {
        return name;
    }

    /** It has its lasting name, but is published only when the rename is durable. */
    void renamed(String lasting) {
        name = lasting;
    }

    /** Deletes the layer unless it was published. A failure leaves it to the next collection. */
    @Override
    public void close() {
        fs.close();
        try {
            if (!published) {
                // Under its lasting name a crash would leave a part of it that looks whole.
                dir.delete(name.equals(madeName) ? name : dir.retire(name));
            }
        } catch (SyscallException e) {
            LOG.atWarn()
                    .addKeyValue("directory", dir.path(name))
                    .setCause(e)
                    .log("A half unpacked layer could not be deleted");
        } finally {
            store.unstage(this);
        }
    }
}
