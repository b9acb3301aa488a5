package carafe.image.snapshot;

import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.OpenHow;
import carafe.linux.fs.RawNames;
import carafe.linux.fs.RootDir;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** Reads what {@link TreeRecord} wrote, one directory at a time. Owns its file. Not thread-safe. */
final class RecordedTree implements AutoCloseable {
    /** An escaped name, an escaped link's target and the rest. */
    private static final int LONGEST_LINE = 24 * 1024;

    private static final int BUFFER_BYTES = 1 << 15;

    private final Fd file;
    private final StoreFile.Input raw;
    private final InputStream text;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int end;
    private @Nullable String ahead;
    private long count;
    private boolean finished;

    private RecordedTree(FileCalls calls, Fd file) {
        this.file = file;
        this.raw = new StoreFile.Input(calls, file);
        this.text = new InflaterInputStream(raw);
    }

    /**
     * @param layerDir the layer's own directory, lent
     */
    static RecordedTree open(FileCalls calls, RootDir layerDir) throws IOException {
        RecordedTree tree =
                new RecordedTree(
                        calls, layerDir.open(RawNames.of(TreeRecord.FILE), OpenHow.READ_NO_LINKS));
        try {
            if (!TreeRecord.HEAD.equals(tree.line())) {
                throw new IOException("the record is of another form");
            }
            return tree;
        } catch (IOException e) {
            tree.close();
            throw e;
        }
    }

    /**
     * A directory and what is in it.
     *
     * @param entries by escaped name; of the root also itself as "."
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Directory(byte[] path, Map<String, TreeEntry> entries) {}

    /**
     * The next directory; null at the end of the record.
     *
     * @throws IOException when the record is damaged
     */
    @Nullable Directory next() throws IOException {
        if (finished) {
            return null;
        }
        String first = ahead == null ? line() : ahead;
        ahead = null;
        if (first.startsWith(TreeRecord.END)) {
            finish(first);
            return null;
        }
        if (!first.startsWith(TreeRecord.DIRECTORY)) {
            throw new IOException("the record has a line without a directory");
        }
        try {
            byte[] path = TreeEntry.unescape(first.substring(TreeRecord.DIRECTORY.length()));
            return new Directory(path, entries());
        } catch (IllegalArgumentException e) {
            throw new IOException("the record holds a wrong line", e);
        }
    }

    private Map<String, TreeEntry> entries() throws IOException {
        Map<String, TreeEntry> entries = new LinkedHashMap<>();
        while (true) {
            String line = line();
            boolean outside =
                    line.startsWith(TreeRecord.DIRECTORY) || line.startsWith(TreeRecord.END);
            if (outside) {
                ahead = line;
                return entries;
            }
            TreeEntry entry = TreeEntry.parse(line);
            entries.put(entry.name(), entry);
        }
    }

    private void finish(String last) throws IOException {
        finished = true;
        if (!last.equals(TreeRecord.END + (count - 1)) || text.read() >= 0) {
            throw new IOException("the record lacks lines");
        }
    }

    /** The digest of the whole file; asked once, at the end. */
    String digest() throws IOException {
        raw.transferTo(OutputStream.nullOutputStream());
        return raw.digest();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() <= LONGEST_LINE) {
            if (at == end) {
                at = 0;
                end = text.read(buffer);
                if (end < 0) {
                    end = 0;
                    throw new EOFException("the record ends too early");
                }
            }
            byte next = buffer[at];
            at++;
            if (next == '\n') {
                count++;
                return line.toString();
            }
            line.append((char) (next & 0xff));
        }
        throw new IOException("the record has an endless line");
    }

    @Override
    public void close() {
        try {
            text.close();
        } catch (IOException e) {
            throw new IllegalStateException("nothing is closed but memory", e);
        } finally {
            file.close();
        }
    }
}
