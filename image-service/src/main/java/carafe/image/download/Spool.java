package carafe.image.download;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The bytes of one blob that are here, in a file as long as they reach, and beside it a map of
 * which pieces are how far: {@code magic, size, piece size, bytes of piece 0, 1, …}. The map is
 * written at every mebibyte and at the end; after a power cut it may promise what is not there,
 * which whoever reads and hashes the whole blob finds out.
 *
 * <p>Thread-safe. Interrupts do not close its files, as they would close a channel's.
 */
final class Spool implements AutoCloseable {
    private static final int MAGIC = 0xca4afe01;
    private static final int HEADER = 16;
    private static final int MAP_EVERY = 1 << 20;

    private final Path file;
    private final Path mapFile;
    private final long size;
    private final int pieceBytes;
    private final int[] have;
    private final int[] mapped;
    private final RandomAccessFile map;
    private int firstGap;
    private boolean closed;

    private Spool(Path file, Path mapFile, long size, int pieceBytes) throws IOException {
        this.file = file;
        this.mapFile = mapFile;
        this.size = size;
        this.pieceBytes = pieceBytes;
        this.have = new int[Math.toIntExact((size + pieceBytes - 1) / pieceBytes)];
        this.mapped = new int[have.length];
        this.map = new RandomAccessFile(mapFile.toFile(), "rw");
    }

    /** Opens what an earlier try left, or an empty one. */
    static Spool open(Path file, long size, int pieceBytes) throws IOException {
        Path mapFile = file.resolveSibling(file.getFileName() + ".map");
        Spool spool = new Spool(file, mapFile, size, pieceBytes);
        boolean done = false;
        try {
            if (!spool.load()) {
                spool.begin();
            }
            done = true;
            return spool;
        } finally {
            if (!done) {
                spool.map.close();
            }
        }
    }

    private boolean load() throws IOException {
        if (!Files.exists(file) || map.length() != HEADER + 4L * have.length) {
            return false;
        }
        long length = Files.size(file);
        map.seek(0);
        try {
            if (map.readInt() != MAGIC || map.readLong() != size || map.readInt() != pieceBytes) {
                return false;
            }
            for (int i = 0; i < have.length; i++) {
                int bytes = map.readInt();
                boolean possible =
                        bytes >= 0
                                && bytes <= pieceSize(i)
                                && (bytes == 0 || pieceStart(i) + bytes <= length);
                have[i] = possible ? bytes : 0;
                mapped[i] = have[i];
            }
            return true;
        } catch (EOFException e) {
            return false;
        }
    }

    private void begin() throws IOException {
        Arrays.fill(have, 0);
        Files.deleteIfExists(file);
        Files.createFile(file);
        map.setLength(0);
        map.writeInt(MAGIC);
        map.writeLong(size);
        map.writeInt(pieceBytes);
        map.setLength(HEADER + 4L * have.length);
    }

    int pieces() {
        return have.length;
    }

    int pieceAt(long position) {
        return (int) (position / pieceBytes);
    }

    long pieceStart(int piece) {
        return (long) piece * pieceBytes;
    }

    int pieceSize(int piece) {
        return (int) Math.min(pieceBytes, size - pieceStart(piece));
    }

    /** Where the first byte of the piece is that is not here. */
    synchronized long reach(int piece) {
        return pieceStart(piece) + have[piece];
    }

    synchronized boolean isWhole(int piece) {
        return have[piece] == pieceSize(piece);
    }

    /** How many bytes from the blob's beginning are here without a gap. */
    synchronized long frontier() {
        while (firstGap < have.length && have[firstGap] == pieceSize(firstGap)) {
            firstGap++;
        }
        return firstGap == have.length ? size : pieceStart(firstGap) + have[firstGap];
    }

    /** How many bytes are here, wherever. */
    synchronized long bytes() {
        long sum = 0;
        for (int bytes : have) {
            sum += bytes;
        }
        return sum;
    }

    RandomAccessFile reader() throws IOException {
        return new RandomAccessFile(file.toFile(), "r");
    }

    RandomAccessFile writer() throws IOException {
        return new RandomAccessFile(file.toFile(), "rw");
    }

    /** Notes bytes that are in the file now; they follow what was there of their piece. */
    synchronized void note(long position, int length) throws IOException {
        long at = position;
        int left = length;
        while (left > 0) {
            int piece = pieceAt(at);
            int within = (int) (at - pieceStart(piece));
            int here = Math.min(left, pieceSize(piece) - within);
            have[piece] = Math.max(have[piece], within + here);
            boolean due =
                    have[piece] - mapped[piece] >= MAP_EVERY || have[piece] == pieceSize(piece);
            if (due && mapped[piece] != have[piece]) {
                writeMap(piece);
            }
            at += here;
            left -= here;
        }
    }

    private void writeMap(int piece) throws IOException {
        if (!closed) {
            map.seek(HEADER + 4L * piece);
            map.writeInt(have[piece]);
            mapped[piece] = have[piece];
        }
    }

    /** Removes both files; who reads them reads on. */
    synchronized void delete() throws IOException {
        Files.deleteIfExists(mapFile);
        Files.deleteIfExists(file);
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        try (map) {
            for (int i = 0; i < have.length; i++) {
                if (mapped[i] != have[i]) {
                    writeMap(i);
                }
            }
        } finally {
            closed = true;
        }
    }
}
