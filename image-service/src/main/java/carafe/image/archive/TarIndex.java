package carafe.image.archive;

import carafe.base.CarafeException;
import carafe.image.reference.Excerpt;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds where the regular files of an uncompressed tar archive begin. Knows ustar with prefix, long
 * names of GNU tar, and {@code path} and {@code size} of pax. Used once.
 */
final class TarIndex {
    private static final int BLOCK = 512;
    private static final int MAX_ENTRIES = 100_000;
    private static final int MAX_EXTENSION = 1 << 20;

    private final FileChannel channel;
    private final Map<String, Extent> files = new HashMap<>();
    private final ByteBuffer header = ByteBuffer.allocate(BLOCK);
    private String longName = "";
    private long paxSize = -1;

    TarIndex(FileChannel channel) {
        this.channel = channel;
    }

    /** Where a file's content is. */
    record Extent(long offset, long size) {}

    /**
     * @throws CarafeException.Invalid when it is no tar archive, or has a name twice
     */
    Map<String, Extent> read() throws IOException {
        long position = 0;
        for (int entries = 0; next(position); entries++) {
            if (entries == MAX_ENTRIES) {
                throw wrong("it has more than %d entries".formatted(MAX_ENTRIES));
            }
            char type = (char) (header.get(156) & 0xff);
            long own = number(124, 12);
            boolean extension = type == 'L' || type == 'K' || type == 'x' || type == 'g';
            long size = paxSize >= 0 && !extension ? paxSize : own;
            long content = position + BLOCK;
            if (size < 0 || size > channel.size() - content) {
                throw wrong("it ends in the middle of an entry");
            }
            if (extension) {
                extension(type, content, size);
            } else {
                entry(type, new Extent(content, size));
            }
            position = content + (size + BLOCK - 1) / BLOCK * BLOCK;
        }
        return files;
    }

    private boolean next(long position) throws IOException {
        header.clear();
        while (header.hasRemaining()) {
            if (channel.read(header, position + header.position()) < 0) {
                if (header.position() == 0 && position > 0) {
                    return false;
                }
                throw wrong("it ends in the middle of a header");
            }
        }
        int sum = 0;
        boolean zero = true;
        for (int i = 0; i < BLOCK; i++) {
            int b = header.get(i) & 0xff;
            zero &= b == 0;
            sum += i >= 148 && i < 156 ? ' ' : b;
        }
        if (!zero && number(148, 8) != sum) {
            throw wrong("a header is damaged");
        }
        return !zero;
    }

    private void extension(char type, long offset, long size) throws IOException {
        if (size > MAX_EXTENSION) {
            throw wrong("a header extension has %d bytes".formatted(size));
        }
        ByteBuffer content = ByteBuffer.allocate((int) size);
        while (content.hasRemaining()) {
            if (channel.read(content, offset + content.position()) < 0) {
                throw new EOFException("the archive shrinks while it is read");
            }
        }
        String text = new String(content.array(), StandardCharsets.UTF_8);
        switch (type) {
            case 'L' -> longName = upToNul(text);
            case 'x' -> pax(text);
            default -> {} // long link targets and global headers say nothing about files
        }
    }

    /** Records of the form {@code <length> <key>=<value>\n}; lengths count bytes. */
    private void pax(String text) {
        for (String line : text.split("\n", -1)) {
            int space = line.indexOf(' ');
            int equals = line.indexOf('=', space + 1);
            if (space < 0 || equals < 0) {
                continue;
            }
            String value = line.substring(equals + 1);
            switch (line.substring(space + 1, equals)) {
                case "path" -> longName = value;
                case "size" -> {
                    boolean digits =
                            !value.isEmpty()
                                    && value.length() <= 18
                                    && value.chars().allMatch(c -> c >= '0' && c <= '9');
                    if (!digits) {
                        throw wrong("an entry's size is no number");
                    }
                    paxSize = Long.parseLong(value);
                }
                default -> {}
            }
        }
    }

    private void entry(char type, Extent extent) {
        String name = longName.isEmpty() ? headerName() : longName;
        longName = "";
        paxSize = -1;
        boolean regular = type == '0' || type == 0;
        if (regular && files.put(plain(name), extent) != null) {
            throw wrong("it has %s twice".formatted(Excerpt.of(name)));
        }
    }

    private String headerName() {
        String name = text(0, 100);
        String prefix = text(257, 5).equals("ustar") ? text(345, 155) : "";
        boolean gnu = text(257, 8).startsWith("ustar  ");
        return prefix.isEmpty() || gnu ? name : prefix + "/" + name;
    }

    private static String plain(String name) {
        String plain = name;
        while (plain.startsWith("./")) {
            plain = plain.substring(2);
        }
        return plain;
    }

    private String text(int at, int length) {
        return upToNul(new String(header.array(), at, length, StandardCharsets.UTF_8));
    }

    private static String upToNul(String text) {
        int nul = text.indexOf('\0');
        return nul < 0 ? text : text.substring(0, nul);
    }

    /** Octal digits, or a big-endian number behind a set top bit. */
    private long number(int at, int length) {
        if ((header.get(at) & 0x80) != 0) {
            return header.getLong(at + length - Long.BYTES);
        }
        long value = 0;
        for (int i = at; i < at + length; i++) {
            char c = (char) header.get(i);
            if (c >= '0' && c <= '7') {
                value = value * 8 + (c - '0');
            } else if (c != ' ' && c != 0) {
                throw wrong("a header holds a malformed number");
            }
        }
        return value;
    }

    private static CarafeException.Invalid wrong(String why) {
        return new CarafeException.Invalid("not a readable tar archive: " + why);
    }
}
