package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.linux.fs.RawNames;
import java.util.Arrays;

/**
 * One 512-byte header block: v7, ustar (POSIX.1-1988), GNU or star. Nothing in it is believed but
 * its checksum.
 */
final class TarHeader {
    static final int BLOCK_BYTES = 512;

    private static final int CHECKSUM_OFFSET = 148;
    private static final int CHECKSUM_BYTES = 8;

    private final byte[] block;

    /**
     * @param block lent until the next header is read
     * @throws CarafeException.Invalid when the checksum is wrong
     */
    TarHeader(byte[] block) {
        this.block = block;
        long expected = TarNumbers.field("header checksum", block, CHECKSUM_OFFSET, CHECKSUM_BYTES);
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < BLOCK_BYTES; i++) {
            boolean own = i >= CHECKSUM_OFFSET && i < CHECKSUM_OFFSET + CHECKSUM_BYTES;
            byte b = own ? (byte) ' ' : block[i];
            unsigned += b & 0xff;
            signed += b;
        }
        if (expected != unsigned && expected != signed) {
            throw new CarafeException.Invalid("no tar: a header's checksum is wrong");
        }
    }

    char type() {
        return (char) (block[156] & 0xff);
    }

    byte[] name() {
        byte[] name = text(0, 100);
        if (isUstar()) {
            byte[] prefix = isStar() ? text(345, 131) : text(345, 155);
            return RawNames.join(prefix, name);
        }
        return name;
    }

    byte[] link() {
        return text(157, 100);
    }

    long mode() {
        return TarNumbers.field("mode", block, 100, 8);
    }

    long uid() {
        return TarNumbers.field("uid", block, 108, 8);
    }

    long gid() {
        return TarNumbers.field("gid", block, 116, 8);
    }

    long size() {
        return TarNumbers.field("size", block, 124, 12);
    }

    long seconds() {
        return TarNumbers.field("time", block, 136, 12);
    }

    long major() {
        return isV7() ? 0 : TarNumbers.field("device major", block, 329, 8);
    }

    long minor() {
        return isV7() ? 0 : TarNumbers.field("device minor", block, 337, 8);
    }

    private boolean isV7() {
        return !hasMagic(0, "ustar");
    }

    private boolean isUstar() {
        return hasMagic(0, "ustar\0");
    }

    private boolean isStar() {
        return isUstar() && block[508] == 't' && block[509] == 'a' && block[510] == 'r';
    }

    private boolean hasMagic(int offset, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (block[257 + offset + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private byte[] text(int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(block, offset, end);
    }
}
