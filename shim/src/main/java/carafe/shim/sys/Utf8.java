package carafe.shim.sys;

import java.nio.charset.StandardCharsets;

/** Text as the kernel wants it, whatever the locale. */
public final class Utf8 {
    private Utf8() {}

    /** UTF-8 of the text; an unpaired surrogate becomes a question mark. */
    public static byte[] encode(String text) {
        int length = text.length();
        byte[] ascii = new byte[length];
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                return text.getBytes(StandardCharsets.UTF_8);
            }
            ascii[i] = (byte) c;
        }
        return ascii;
    }

    /** Text of UTF-8 bytes; damaged ones become U+FFFD. */
    public static String decode(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }
}
