package carafe.image.download;

import carafe.base.CarafeException;
import carafe.image.reference.Digest;
import carafe.image.store.DiskFull;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The blobs that are on their way to this node, each by one transfer however many want it. What
 * came of a blob is kept, in a directory of its own, until the blob is {@link Fetch#used}, is found
 * wrong, or nobody asked for it for a time. Thread-safe; owns the directory.
 */
public final class Downloads {
    /** Less than this is fetched again as quickly as it is found. */
    private static final long WORTH_KEEPING = 256 << 10;

    private static final long EXPIRE_EVERY_NANOS = TimeUnit.HOURS.toNanos(1);

    private final PartialFiles files;
    private final DownloadLimits limits;
    private final Connections connections;
    private final AtomicLong expiredNanos = new AtomicLong(System.nanoTime());
    private final Map<Digest, Download> active = new HashMap<>();

    /** Of the active ones, those whose bytes are of no use; guarded by {@link #active}. */
    private final Set<Digest> givenUp = new HashSet<>();

    /** Of the active ones, those that were right, and that others still read; guarded likewise. */
    private final Set<Digest> proven = new HashSet<>();

    private final KeptBlobs kept;

    private Downloads(Path dir, DownloadLimits limits, KeptBlobs kept) {
        this.files = new PartialFiles(dir);
        this.kept = kept;
        this.limits = limits;
        this.connections = new Connections(limits);
    }

    /**
     * Takes over what earlier daemons left in the directory, without what is outdated.
     *
     * @param dir exists; nobody else uses it
     * @param kept takes blobs over that were used, and gives those that it has
     */
    public static Downloads open(Path dir, DownloadLimits limits, KeptBlobs kept) {
        Downloads opened = new Downloads(dir, limits, kept);
        opened.expire();
        return opened;
    }

    /** A blob that somebody wants. Closed when it is not wanted any more; thread-safe. */
    public interface Fetch extends AutoCloseable {
        /**
         * The blob from its first byte on, while it arrives; close it, too.
         *
         * @throws CarafeException.Exhausted when there is no room for it
         */
        InputStream open() throws IOException;

        /** Bytes that are here by now. */
        long bytes();

        /** The blob's content was right and is not needed again. */
        void used();

        @Override
        void close();
    }

    /**
     * Begins to fetch a blob, or joins whoever does.
     *
     * @param trial after a wrong content all of it is fetched anew
     * @throws CarafeException.Exhausted when there is no room for it
     * @throws CarafeException.Deadline when the thread was interrupted
     */
    public Fetch begin(Digest digest, long size, BlobOrigin origin, Trial trial) {
        expireAtTimes();
        if (trial == Trial.AGAIN) {
            discard(digest);
            kept.drop(digest);
        }
        while (true) {
            Download download;
            synchronized (active) {
                Fetch here = kept.find(digest, size);
                if (here != null) {
                    return here;
                }
                download = find(digest, size, origin);
            }
            Download.Share share = download.join();
            if (share != null) {
                return new Joined(digest, download, share);
            }
            awaitEnd(digest, download);
        }
    }

    /** Whether a blob is wanted for the first time. */
    public enum Trial {
        FIRST,
        /** What came before was wrong. */
        AGAIN
    }

    /** Transfers that wait for a connection. */
    public int waiting() {
        return connections.waiting();
    }

    /** Connections in use. */
    public int connected() {
        return limits.permits() - connections.free();
    }

    private Download find(Digest digest, long size, BlobOrigin origin) {
        synchronized (active) {
            givenUp.remove(digest);
            Download known = active.get(digest);
            if (known != null) {
                return known;
            }
            try {
                Path file = files.of(digest);
                refuseFullDisk(size - (Files.exists(file) ? Files.size(file) : 0));
                Spool spool = Spool.open(file, size, limits.pieceBytes());
                Download fresh =
                        new Download(
                                spool,
                                new Download.Wanted(
                                        digest.toString().substring(0, 19), size, origin),
                                new Download.Shared(limits, connections),
                                ended -> forget(digest, ended));
                active.put(digest, fresh);
                return fresh;
            } catch (IOException e) {
                throw failed("keep blob " + digest, e);
            }
        }
    }

    private void refuseFullDisk(long missing) throws IOException {
        long free = Files.getFileStore(files.dir()).getUsableSpace();
        if (free - missing < limits.freeBytesFloor()) {
            throw new CarafeException.Exhausted(
                    "the blob needs %d bytes on the disk of %s, where %d are free and %d must stay free"
                            .formatted(missing, files.dir(), free, limits.freeBytesFloor()));
        }
    }

    private static CarafeException failed(String what, IOException e) {
        String message = "cannot %s: %s".formatted(what, e.getMessage());
        return DiskFull.is(e)
                ? new CarafeException.Exhausted(message, e)
                : new CarafeException.Internal(message, e);
    }

    private void awaitEnd(Digest digest, Download download) {
        try {
            download.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarafeException.Deadline("blob %s: the pull was given up".formatted(digest));
        }
    }

    private void forget(Digest digest, Download download) {
        synchronized (active) {
            boolean useless = givenUp.remove(digest) || download.bytes() < WORTH_KEEPING;
            boolean right = proven.contains(digest);
            if (active.get(digest) == download && right) {
                settle(digest, download);
            } else if (active.remove(digest, download) && useless) {
                download.discard();
            }
        }
    }

    /** The blob was right, and nobody reads it any more: it is kept, or gone. */
    private void settle(Digest digest, Download download) {
        active.remove(digest);
        proven.remove(digest);
        kept.adopt(digest, files.of(digest));
        download.discard();
    }

    private void discard(Digest digest) {
        synchronized (active) {
            proven.remove(digest);
            Download wrong = active.remove(digest);
            if (wrong != null) {
                wrong.discard();
            } else {
                PartialFiles.delete(files.of(digest));
            }
        }
    }

    /** Deletes what came of a blob: at once, or when its transfer ends and nobody began anew. */
    public void giveUp(Digest digest) {
        synchronized (active) {
            if (active.containsKey(digest)) {
                givenUp.add(digest);
            } else {
                PartialFiles.delete(files.of(digest));
            }
        }
    }

    private final class Joined implements Fetch {
        private final Digest digest;
        private final Download download;
        private final Download.Share share;

        Joined(Digest digest, Download download, Download.Share share) {
            this.digest = digest;
            this.download = download;
            this.share = share;
        }

        @Override
        public InputStream open() throws IOException {
            Download.Share own = download.join();
            if (own == null) {
                throw new IOException("the transfer was given up");
            }
            return download.read(own);
        }

        @Override
        public long bytes() {
            return download.bytes();
        }

        @Override
        public void used() {
            kept.sync(files.of(digest));
            synchronized (active) {
                if (active.get(digest) == download) {
                    // Others who joined may not have opened it yet.
                    proven.add(digest);
                    settleUnless(download.shares() > 1);
                } else if (!active.containsKey(digest)) {
                    PartialFiles.delete(files.of(digest));
                }
            }
        }

        private void settleUnless(boolean wanted) {
            if (!wanted && active.get(digest) == download && proven.contains(digest)) {
                settle(digest, download);
            }
        }

        @Override
        public void close() {
            share.close();
            synchronized (active) {
                settleUnless(download.shares() > 0);
            }
        }
    }

    private void expireAtTimes() {
        long now = System.nanoTime();
        long last = expiredNanos.get();
        if (now - last > EXPIRE_EVERY_NANOS && expiredNanos.compareAndSet(last, now)) {
            expire();
        }
    }

    /** Deletes what nobody asked for for too long. */
    public void expire() {
        Instant oldest = Instant.now().minus(limits.keepPartial());
        List<Path> all = files.all();
        for (Path file : all) {
            synchronized (active) {
                boolean inUse = active.keySet().stream().map(files::of).anyMatch(file::equals);
                if (!inUse && !PartialFiles.isMap(file) && PartialFiles.isOlder(file, oldest)) {
                    PartialFiles.delete(file);
                }
            }
        }
        synchronized (active) {
            all.stream().filter(PartialFiles::isOrphan).forEach(PartialFiles::delete);
        }
    }

    /**
     * What blobs that are on their way, or were, take on the disk.
     *
     * @param bytes how long their files are
     */
    public record Kept(long bytes, int files) {}

    /** All of them, those of earlier daemons too. */
    public Kept kept() {
        return files.kept();
    }
}
