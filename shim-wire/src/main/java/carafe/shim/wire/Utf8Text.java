package carafe.shim.wire;

/** Which bytes are UTF-8 (RFC 3629: shortest form, no surrogates, at most U+10FFFF). */
public final class Utf8Text {
    private Utf8Text() {}

    /** Bytes of the character that starts here, 0 when none does. */
    public static int characterBytes(byte[] text, int at) {
        int first = text[at] & 0xff;
        int bytes;
        int lowest = 0x80;
        int highest = 0xbf;
        if (first < 0x80) {
            return 1;
        } else if (first >= 0xc2 && first <= 0xdf) {
            bytes = 2;
        } else if (first >= 0xe0 && first <= 0xef) {
            bytes = 3;
            lowest = first == 0xe0 ? 0xa0 : lowest;
            highest = first == 0xed ? 0x9f : highest;
        } else if (first >= 0xf0 && first <= 0xf4) {
            bytes = 4;
            lowest = first == 0xf0 ? 0x90 : lowest;
            highest = first == 0xf4 ? 0x8f : highest;
        } else {
            return 0;
        }
        for (int i = 1; i < bytes; i++) {
            int next = at + i < text.length ? text[at + i] & 0xff : 0;
            if (next < lowest || next > highest) {
                return 0;
            }
            lowest = 0x80;
            highest = 0xbf;
        }
        return bytes;
    }

    /** Whether all of it is. */
    public static boolean isValid(byte[] text) {
        int at = 0;
        while (at < text.length) {
            int bytes = characterBytes(text, at);
            if (bytes == 0) {
                return false;
            }
            at += bytes;
        }
        return true;
    }
}
