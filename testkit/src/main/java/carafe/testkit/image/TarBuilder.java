package carafe.testkit.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes ustar archives entry by entry; nothing is checked, so that hostile ones can be made. */
public final class TarBuilder {
    private static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /**
     * What a header says beside its name and type.
     *
     * @param mode permission bits
     * @param seconds modification time since 1970
     */
    public record Attributes(int mode, int uid, int gid, long seconds) {
        /** Root's, with the given mode, modified at second 1,700,000,000. */
        public static Attributes mode(int mode) {
            return new Attributes(mode, 0, 0, 1_700_000_000L);
        }
    }

    /** A regular file of mode 0644. */
    public TarBuilder file(String name, String content) {
        return file(name, content.getBytes(StandardCharsets.UTF_8), Attributes.mode(0644));
    }

    /** A regular file. */
    public TarBuilder file(String name, byte[] content, Attributes attributes) {
        header(name, '0', "", attributes, content.length);
        out.writeBytes(content);
        pad(content.length);
        return this;
    }

    /** A directory of mode 0755. */
    public TarBuilder dir(String name) {
        return entry(name.endsWith("/") ? name : name + "/", '5', "", Attributes.mode(0755));
    }

    /** A symbolic link. */
    public TarBuilder symlink(String name, String target) {
        return entry(name, '2', target, Attributes.mode(0777));
    }

    /** A hard link to an entry of this or a lower layer. */
    public TarBuilder hardlink(String name, String target) {
        return entry(name, '1', target, Attributes.mode(0644));
    }

    /** Removes a name of a lower layer: {@code dir/name} becomes {@code dir/.wh.name}. */
    public TarBuilder whiteout(String name) {
        int slash = name.lastIndexOf('/') + 1;
        return file(name.substring(0, slash) + ".wh." + name.substring(slash), "");
    }

    /** An entry without content, of any type flag. */
    public TarBuilder entry(String name, char type, String link, Attributes attributes) {
        header(name, type, link, attributes, 0);
        return this;
    }

    /** The archive with its two empty blocks at the end. */
    public byte[] build() {
        byte[] entries = out.toByteArray();
        return Arrays.copyOf(entries, entries.length + 2 * BLOCK);
    }

    private void header(String name, char type, String link, Attributes attributes, long size) {
        byte[] longName = name.getBytes(StandardCharsets.UTF_8);
        if (longName.length > NAME_BYTES) {
            header("././@LongLink", 'L', "", Attributes.mode(0644), longName.length + 1L);
            out.writeBytes(Arrays.copyOf(longName, longName.length + 1));
            pad(longName.length + 1L);
        }
        byte[] block = new byte[BLOCK];
        text(block, 0, NAME_BYTES, name);
        octal(block, 100, 8, attributes.mode());
        octal(block, 108, 8, attributes.uid());
        octal(block, 116, 8, attributes.gid());
        octal(block, 124, 12, size);
        octal(block, 136, 12, attributes.seconds());
        Arrays.fill(block, 148, 156, (byte) ' ');
        block[156] = (byte) type;
        text(block, 157, 100, link);
        text(block, 257, 8, "ustar\00000");
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        octal(block, 148, 7, sum);
        out.writeBytes(block);
    }

    private static void text(byte[] block, int at, int max, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, block, at, Math.min(max, bytes.length));
    }

    private static void octal(byte[] block, int at, int width, long value) {
        String digits = Long.toOctalString(value);
        text(block, at, width, "0".repeat(Math.max(0, width - 1 - digits.length())) + digits);
    }

    private void pad(long size) {
        out.writeBytes(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }
}
