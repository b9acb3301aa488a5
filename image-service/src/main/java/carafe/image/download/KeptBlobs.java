package carafe.image.download;

import carafe.base.CarafeException;
import carafe.image.reference.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs that stay after their layers were unpacked, each a file named by its digest. A blob is here
 * as a whole or not at all: it is written elsewhere, hashed and synced, and then renamed. It stays
 * while an image refers to it or a pull claims it. Losing one costs a download, nothing else: so
 * what cannot be kept is logged. Thread-safe; owns the directory.
 */
public final class KeptBlobs {
    private static final Logger LOG = LoggerFactory.getLogger(KeptBlobs.class);
    private static final int CHUNK = 1 << 18;

    private final Path dir;
    private final boolean keeps;
    private final Map<String, Blob> blobs = new HashMap<>();
    private final Map<String, Integer> claims = new HashMap<>();

    /** A blob of the directory; guarded by the outer object. */
    private static final class Blob {
        private final long bytes;
        private long sinceNanos = System.nanoTime();

        /** Whether it ever had a user; without one it waits for the guard. */
        private boolean used;

        Blob(long bytes) {
            this.bytes = bytes;
        }
    }

    private KeptBlobs(Path dir, boolean keeps) {
        this.dir = dir;
        this.keeps = keeps;
    }

    /**
     * Takes over what earlier daemons kept; when nothing is to be kept any more, that is deleted.
     *
     * @param dir exists; nobody else uses it
     */
    public static KeptBlobs open(Path dir, boolean keeps) {
        KeptBlobs opened = new KeptBlobs(dir, keeps);
        opened.load();
        return opened;
    }

    private synchronized void load() {
        try (Stream<Path> listed = Files.list(dir)) {
            for (Path file : listed.toList()) {
                String digest = digestOf(file);
                if (keeps && !digest.isEmpty()) {
                    blobs.put(digest, new Blob(Files.size(file)));
                } else {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new CarafeException.Internal(
                    "cannot read the kept blobs in %s: %s".formatted(dir, e.getMessage()), e);
        }
    }

    private static String digestOf(Path file) {
        String name = String.valueOf(file.getFileName()).replace('-', ':');
        try {
            return Digest.parse(name).toString();
        } catch (CarafeException.Invalid e) {
            return "";
        }
    }

    private Path file(String digest) {
        return dir.resolve(digest.replace(':', '-'));
    }

    /** Whether blobs are kept at all. */
    public boolean keeps() {
        return keeps;
    }

    /** The blob, if it is here; whoever reads it hashes it. */
    Downloads.@Nullable Fetch find(Digest digest, long size) {
        Blob blob;
        synchronized (this) {
            blob = blobs.get(digest.toString());
        }
        return blob == null || blob.bytes != size ? null : new Here(file(digest.toString()), size);
    }

    private record Here(Path file, long bytes) implements Downloads.Fetch {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }

        @Override
        public void used() {}

        @Override
        public void close() {}
    }

    /** Makes a file's bytes durable, before {@link #adopt}; may take as long as the disk needs. */
    void sync(Path file) {
        if (!keeps) {
            return;
        }
        try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE)) {
            open.force(false);
        } catch (NoSuchFileException e) {
            // another reader of the same blob had it adopted meanwhile
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("file", file).setCause(e).log("Cannot sync a blob");
        }
    }

    /**
     * Takes a file over whose content has this digest; nothing happens when blobs are not kept.
     *
     * @param file on the same file system
     */
    void adopt(Digest digest, Path file) {
        if (!keeps) {
            return;
        }
        String name = digest.toString();
        try {
            synchronized (this) {
                long bytes = Files.size(file);
                Files.move(file, file(name), StandardCopyOption.ATOMIC_MOVE);
                blobs.put(name, new Blob(bytes));
            }
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("blob", name).setCause(e).log("Cannot keep a blob");
        }
    }

    /** Its content was found wrong, or is not wanted any more. */
    synchronized void drop(Digest digest) {
        if (blobs.remove(digest.toString()) != null) {
            delete(digest.toString());
        }
    }

    private void delete(String digest) {
        try {
            Files.deleteIfExists(file(digest));
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("blob", digest).setCause(e).log("Cannot delete a kept blob");
        }
    }

    /** Keeps blobs that a pull is about to use, whether they are here yet or not. */
    public synchronized Claim claim(Set<String> digests) {
        digests.forEach(digest -> claims.merge(digest, 1, Integer::sum));
        return new Claim(Set.copyOf(digests));
    }

    /** A pull's part in blobs. Thread-safe; ending it twice does nothing. */
    public final class Claim {
        private final Set<String> digests;
        private boolean ended;

        private Claim(Set<String> digests) {
            this.digests = digests;
        }

        /** What no image refers to by now goes with the next collection. */
        public void end() {
            end(true);
        }

        /** As {@link #end}, but the next try wants them: they go when the guard is over. */
        public void endForRetry() {
            end(false);
        }

        private void end(boolean used) {
            synchronized (KeptBlobs.this) {
                if (ended) {
                    return;
                }
                ended = true;
                for (String digest : digests) {
                    claims.computeIfPresent(digest, (_, count) -> count == 1 ? null : count - 1);
                    Blob blob = blobs.get(digest);
                    if (blob != null) {
                        blob.used |= used;
                        blob.sinceNanos = System.nanoTime();
                    }
                }
            }
        }
    }

    /**
     * Deletes blobs that nobody uses any more, and those that nobody used yet once they are older
     * than the guard.
     *
     * @param keep digests that images refer to
     */
    public synchronized void collect(Set<String> keep, Duration guard) {
        long now = System.nanoTime();
        Iterator<Map.Entry<String, Blob>> each = blobs.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<String, Blob> next = each.next();
            Blob blob = next.getValue();
            if (keep.contains(next.getKey())) {
                blob.used = true;
            } else if (!claims.containsKey(next.getKey())
                    && (blob.used || now - blob.sinceNanos >= guard.toNanos())) {
                each.remove();
                delete(next.getKey());
            }
        }
    }

    /** What they take on the disk. */
    public synchronized Downloads.Kept usage() {
        long bytes = blobs.values().stream().mapToLong(blob -> blob.bytes).sum();
        return new Downloads.Kept(bytes, blobs.size());
    }

    /**
     * Reads a blob again; null when it is not here.
     *
     * @throws InterruptedException when the thread was interrupted
     */
    public @Nullable Checked check(Digest digest) throws InterruptedException {
        synchronized (this) {
            if (!blobs.containsKey(digest.toString())) {
                return null;
            }
        }
        long read = 0;
        MessageDigest hash = digest.algorithm().start();
        try (InputStream in = Files.newInputStream(file(digest.toString()))) {
            byte[] chunk = new byte[CHUNK];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("the verification was given up");
                }
                hash.update(chunk, 0, count);
                read += count;
            }
        } catch (NoSuchFileException e) {
            synchronized (this) {
                return blobs.containsKey(digest.toString())
                        ? new Checked(read, List.of("the kept blob's file is missing"))
                        : null;
            }
        } catch (IOException e) {
            return new Checked(read, List.of("the kept blob cannot be read: " + e.getMessage()));
        }
        boolean right = HexFormat.of().formatHex(hash.digest()).equals(digest.hex());
        return new Checked(
                read, right ? List.of() : List.of("the kept blob has other content than its name"));
    }

    /**
     * What reading a blob has shown.
     *
     * @param bytes read
     * @param damages what is wrong with it; none when it is as it came
     */
    public record Checked(long bytes, List<String> damages) {
        public Checked {
            damages = List.copyOf(damages);
        }
    }
}
