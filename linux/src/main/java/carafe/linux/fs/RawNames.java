package carafe.linux.fs;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Names as bytes: from text, to text that is safe to print. */
public final class RawNames {
    private static final int SHOWN_BYTES = 256;

    private RawNames() {}

    /** The UTF-8 bytes of a name that Carafe chose itself. */
    public static byte[] of(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Printable ASCII as it is, the rest as \xNN; long names are cut. */
    public static String show(byte[] name) {
        StringBuilder text = new StringBuilder(Math.min(name.length, SHOWN_BYTES) + 8);
        for (int i = 0; i < Math.min(name.length, SHOWN_BYTES); i++) {
            int c = name[i] & 0xff;
            if (c >= 0x20 && c < 0x7f && c != '\\') {
                text.append((char) c);
            } else {
                text.append("\\x%02x".formatted(c));
            }
        }
        return name.length > SHOWN_BYTES ? text.append("…").toString() : text.toString();
    }

    /** Both joined by a slash. */
    public static byte[] join(byte[] parent, byte[] child) {
        if (parent.length == 0) {
            return child;
        }
        ByteArrayOutputStream path = new ByteArrayOutputStream(parent.length + 1 + child.length);
        path.writeBytes(parent);
        path.write('/');
        path.writeBytes(child);
        return path.toByteArray();
    }
}
