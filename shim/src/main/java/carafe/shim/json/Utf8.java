package carafe.shim.json;

/** Which bytes form a character (RFC 3629: shortest form, no surrogates, at most U+10FFFF). */
final class Utf8 {
    private Utf8() {}

    /** Bytes of the character that starts here with a byte from 0x80 on. */
    static int characterBytes(byte[] text, int at) throws JsonException {
        int first = text[at] & 0xff;
        int bytes;
        int lowest = 0x80;
        int highest = 0xbf;
        if (first >= 0xc2 && first <= 0xdf) {
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
            throw notUtf8(at);
        }
        for (int i = 1; i < bytes; i++) {
            int next = at + i < text.length ? text[at + i] & 0xff : 0;
            if (next < lowest || next > highest) {
                throw notUtf8(at);
            }
            lowest = 0x80;
            highest = 0xbf;
        }
        return bytes;
    }

    private static JsonException notUtf8(int at) {
        return new JsonException("JSON at byte " + at + ": not UTF-8");
    }
}
