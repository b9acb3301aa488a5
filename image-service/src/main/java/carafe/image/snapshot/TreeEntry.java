package carafe.image.snapshot;

import carafe.linux.SyscallException;
import carafe.linux.fs.Fd;
import carafe.linux.fs.FileCalls;
import carafe.linux.fs.FileStat;
import carafe.linux.fs.OpenHow;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing of a tree with everything that must not change: the facts are single words, so that two
 * of them can be compared and the difference told.
 *
 * @param name escaped, see {@link #escape}; "." for the root itself
 * @param facts mode, owner, time, links, content and attributes, in this order
 */
record TreeEntry(String name, List<String> facts, boolean isDirectory) {
    private static final List<String> FACTS =
            List.of("mode", "owner", "time", "links", "content", "attributes");
    private static final byte[] SELF = {'.'};

    TreeEntry {
        facts = List.copyOf(facts);
    }

    /** Looks at entries of one directory after the other. Owns its buffer; not thread-safe. */
    static final class Reader {
        private static final int BUFFER_BYTES = 1 << 18;

        private final FileCalls calls;
        private final KnownSums known;
        private @Nullable ByteBuffer buffer;
        private long readBytes;

        /**
         * @param known sums that need not be computed again
         */
        Reader(FileCalls calls, KnownSums known) {
            this.calls = calls;
            this.known = known;
        }

        /** Bytes of content read so far. */
        long readBytes() {
            return readBytes;
        }

        /** The directory itself, as the root of a tree. */
        TreeEntry self(int dirFd) throws SyscallException {
            return read(dirFd, SELF);
        }

        TreeEntry read(int dirFd, byte[] name) throws SyscallException {
            FileStat stat = calls.stat(dirFd, name);
            return new TreeEntry(
                    escape(name),
                    List.of(
                            Integer.toOctalString(stat.mode()),
                            stat.uid() + ":" + stat.gid(),
                            stat.modified().seconds() + "." + stat.modified().nanos(),
                            // A directory's links are its children's, and not every disk counts
                            // them.
                            stat.isDirectory() ? "-" : Long.toString(stat.links()),
                            content(dirFd, name, stat),
                            attributes(dirFd, name)),
                    stat.isDirectory());
        }

        private String content(int dirFd, byte[] name, FileStat stat) throws SyscallException {
            return switch (stat.type()) {
                case FileStat.S_IFREG -> stat.size() + ":" + hex(sum(dirFd, name, stat));
                case FileStat.S_IFLNK -> escape(calls.readlinkat(dirFd, name));
                case FileStat.S_IFCHR, FileStat.S_IFBLK -> hex(stat.rdev());
                default -> "-";
            };
        }

        private long sum(int dirFd, byte[] name, FileStat stat) throws SyscallException {
            if (known.has(stat.inode())) {
                return known.of(stat.inode());
            }
            ContentSum sum = new ContentSum();
            try (Fd file = new Fd(calls, calls.openat2(dirFd, name, OpenHow.READ_NO_LINKS))) {
                ByteBuffer buffer = buffer();
                for (int n = calls.read(file.number(), buffer);
                        n > 0;
                        n = calls.read(file.number(), buffer)) {
                    readBytes += n;
                    sum.update(buffer.flip());
                    buffer.clear();
                }
            }
            return sum.value();
        }

        /** Made when content is read at last: that of a layer just unpacked is known. */
        private ByteBuffer buffer() {
            ByteBuffer made = buffer == null ? ByteBuffer.allocateDirect(BUFFER_BYTES) : buffer;
            buffer = made;
            return made.clear();
        }

        private String attributes(int dirFd, byte[] name) throws SyscallException {
            List<byte[]> names = calls.listxattrat(dirFd, name);
            if (names.isEmpty()) {
                return "-";
            }
            ContentSum sum = new ContentSum();
            for (byte[] attribute : names.stream().sorted(Arrays::compareUnsigned).toList()) {
                byte[] value = calls.getxattrat(dirFd, name, attribute);
                ByteBuffer head = ByteBuffer.allocate(2 * Integer.BYTES);
                head.putInt(attribute.length).putInt(value.length);
                sum.update(head.flip());
                sum.update(attribute, 0, attribute.length);
                sum.update(value, 0, value.length);
            }
            return names.size() + ":" + hex(sum.value());
        }
    }

    /** Which facts differ, in words. */
    String difference(TreeEntry other) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < FACTS.size(); i++) {
            if (!facts.get(i).equals(other.facts.get(i))) {
                text.append(text.isEmpty() ? "" : ", ").append(FACTS.get(i));
            }
        }
        return text.toString();
    }

    String line() {
        return (isDirectory ? "d " : "f ") + String.join(" ", facts) + " " + name;
    }

    /**
     * @throws IllegalArgumentException when it is none
     */
    static TreeEntry parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != FACTS.size() + 2) {
            throw new IllegalArgumentException("not an entry: " + line);
        }
        return new TreeEntry(
                words[words.length - 1],
                Arrays.asList(words).subList(1, words.length - 1),
                words[0].equals("d"));
    }

    /** Printable ASCII without space and backslash as it is, every other byte as \xNN. */
    static String escape(byte[] raw) {
        for (byte b : raw) {
            if (!isPlain(b)) {
                return escapeAll(raw);
            }
        }
        return new String(raw, StandardCharsets.US_ASCII);
    }

    private static String escapeAll(byte[] raw) {
        StringBuilder text = new StringBuilder(raw.length + 16);
        for (byte b : raw) {
            if (isPlain(b)) {
                text.append((char) b);
            } else {
                text.append("\\x").append(HexFormat.of().toHexDigits(b));
            }
        }
        return text.toString();
    }

    private static boolean isPlain(byte b) {
        return b > ' ' && b < 0x7f && b != '\\';
    }

    /**
     * The bytes of an escaped text.
     *
     * @throws IllegalArgumentException when it is none
     */
    static byte[] unescape(String text) {
        ByteArrayOutputStream raw = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                raw.write(c);
            } else if (i + 4 > text.length()) {
                throw new IllegalArgumentException("not an escaped name: " + text);
            } else {
                raw.write(HexFormat.fromHexDigits(text, i + 2, i + 4));
                i += 3;
            }
        }
        return raw.toByteArray();
    }

    private static String hex(long value) {
        return HexFormat.of().toHexDigits(value);
    }
}
