package carafe.runtime.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * Text with a CRC32C of it in a last line, because a record with one flipped bit may still be good
 * JSON, and name a stranger's process or cgroup.
 */
final class Checksummed {
    private static final int TAIL = "\n00000000\n".length();

    private Checksummed() {}

    static byte[] seal(byte[] text) {
        byte[] sealed = Arrays.copyOf(text, text.length + TAIL);
        byte[] tail = tail(text);
        System.arraycopy(tail, 0, sealed, text.length, TAIL);
        return sealed;
    }

    /**
     * @throws IOException when the text is not what was sealed
     */
    static byte[] open(byte[] sealed) throws IOException {
        if (sealed.length < TAIL) {
            throw new IOException("a record without checksum");
        }
        byte[] text = Arrays.copyOf(sealed, sealed.length - TAIL);
        byte[] tail = Arrays.copyOfRange(sealed, text.length, sealed.length);
        if (!Arrays.equals(tail, tail(text))) {
            throw new IOException("a record whose checksum is wrong");
        }
        return text;
    }

    private static byte[] tail(byte[] text) {
        CRC32C crc = new CRC32C();
        crc.update(text);
        String hex = HexFormat.of().toHexDigits((int) crc.getValue());
        return ("\n" + hex + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
