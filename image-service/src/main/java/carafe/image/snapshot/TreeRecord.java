package carafe.image.snapshot;

import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.OpenHow;
import carafe.linux.fs.RawNames;
import carafe.linux.fs.RootDir;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * The file {@code tree} beside a layer's content: every file, directory and the rest with all that
 * must not change, written once, before the layer is published. A text compressed by zlib: a line
 * {@code D <path>} for each directory in the order of {@link TreeWalk}, and below it a line for
 * each of its entries, see {@link TreeEntry#line()}.
 */
final class TreeRecord {
    static final String FILE = "tree";
    static final String HEAD = "carafe tree 1";
    static final String DIRECTORY = "D ";
    static final String END = "end ";

    /** Nothing was recorded, because there were too many names. */
    static final Written NONE = new Written("", 0);

    private static final int BUFFER_BYTES = 1 << 15;

    private TreeRecord() {}

    /**
     * What was written.
     *
     * @param digest of the file's bytes; empty when the layer is not recorded
     * @param bytes of the file
     */
    record Written(String digest, long bytes) {}

    /**
     * @param layerDir the layer's own directory, lent; the file is made in it
     * @param fs the layer's content, lent
     * @param known sums of what was just unpacked
     */
    static Written write(FileCalls calls, RootDir layerDir, RootDir fs, KnownSums known)
            throws SyscallException, InterruptedException {
        try (Fd file = layerDir.open(RawNames.of(FILE), OpenHow.CREATE)) {
            StoreFile.Output output = new StoreFile.Output(calls, file);
            Deflater deflater = new Deflater(Deflater.BEST_SPEED);
            try (DeflaterOutputStream text =
                    new DeflaterOutputStream(output, deflater, BUFFER_BYTES)) {
                writeText(calls, fs, known, text);
            } finally {
                deflater.end();
            }
            return new Written(output.digest(), output.count());
        } catch (TreeWalk.TooManyNames e) {
            calls.unlinkat(layerDir.fd(), RawNames.of(FILE), 0);
            return NONE;
        } catch (SyscallException e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("zlib fails only when its output does", e);
        }
    }

    private static void writeText(FileCalls calls, RootDir fs, KnownSums known, OutputStream output)
            throws IOException, InterruptedException {
        Lines lines = new Lines(output);
        lines.add(HEAD);
        TreeEntry.Reader reader = new TreeEntry.Reader(calls, known);
        new TreeWalk(calls, fs)
                .run(
                        new TreeWalk.Visitor() {
                            @Override
                            public List<byte[]> directory(byte[] path, int fd, List<byte[]> names)
                                    throws SyscallException {
                                return block(reader, lines, path, fd, names);
                            }

                            @Override
                            public void unreadable(byte[] path, SyscallException why)
                                    throws SyscallException {
                                throw why;
                            }
                        });
        lines.add(END + lines.count());
        lines.flush();
    }

    private static List<byte[]> block(
            TreeEntry.Reader reader, Lines lines, byte[] path, int fd, List<byte[]> names)
            throws SyscallException {
        lines.add(DIRECTORY + TreeEntry.escape(path));
        if (path.length == 0) {
            lines.add(reader.self(fd).line());
        }
        List<byte[]> inside = new ArrayList<>();
        for (byte[] name : names) {
            TreeEntry entry = reader.read(fd, name);
            lines.add(entry.line());
            if (entry.isDirectory()) {
                inside.add(name);
            }
        }
        return inside;
    }

    /** Lines of ASCII, gathered so that the compressor gets them in pieces. */
    private static final class Lines {
        private final OutputStream output;
        private final StringBuilder pending = new StringBuilder();
        private long count;

        Lines(OutputStream output) {
            this.output = output;
        }

        void add(String line) throws SyscallException {
            pending.append(line).append('\n');
            count++;
            if (pending.length() > BUFFER_BYTES) {
                flush();
            }
        }

        long count() {
            return count;
        }

        void flush() throws SyscallException {
            try {
                output.write(pending.toString().getBytes(StandardCharsets.US_ASCII));
            } catch (SyscallException e) {
                throw e;
            } catch (IOException e) {
                throw new IllegalStateException("zlib fails only when its output does", e);
            }
            pending.setLength(0);
        }
    }
}
