package carafe.shim.json;

import java.util.Arrays;

/** Backslash escapes of a string the parser has found well-formed, to UTF-8. */
final class Escapes {
    private Escapes() {}

    static byte[] resolve(byte[] raw) {
        byte[] out = new byte[raw.length];
        int size = 0;
        int at = 0;
        while (at < raw.length) {
            byte b = raw[at];
            if (b != '\\') {
                out[size++] = b;
                at++;
            } else if (raw[at + 1] != 'u') {
                out[size++] = simple(raw[at + 1]);
                at += 2;
            } else {
                int character = hex(raw, at + 2);
                at += 6;
                if (isHighSurrogate(character)) {
                    int low = hex(raw, at + 2);
                    character = 0x10000 + ((character - 0xd800) << 10) + (low - 0xdc00);
                    at += 6;
                }
                size = utf8(out, size, character);
            }
        }
        return Arrays.copyOf(out, size);
    }

    /** The character of a one-letter escape, or 0 when there is none with this letter. */
    static byte simple(byte letter) {
        return switch (letter) {
            case '"', '\\', '/' -> letter;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> 0;
        };
    }

    /** Value of four hexadecimal digits, or -1. */
    static int hex(byte[] text, int at) {
        if (at + 4 > text.length) {
            return -1;
        }
        int value = 0;
        for (int i = at; i < at + 4; i++) {
            int digit = hexDigit(text[i]);
            if (digit < 0) {
                return -1;
            }
            value = value * 16 + digit;
        }
        return value;
    }

    static boolean isHighSurrogate(int character) {
        return character >= 0xd800 && character < 0xdc00;
    }

    static boolean isLowSurrogate(int character) {
        return character >= 0xdc00 && character < 0xe000;
    }

    private static int hexDigit(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        int lower = b | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    private static int utf8(byte[] out, int start, int character) {
        int size = start;
        if (character < 0x80) {
            out[size++] = (byte) character;
            return size;
        }
        if (character < 0x800) {
            out[size++] = (byte) (0xc0 | (character >> 6));
        } else {
            if (character < 0x10000) {
                out[size++] = (byte) (0xe0 | (character >> 12));
            } else {
                out[size++] = (byte) (0xf0 | (character >> 18));
                out[size++] = (byte) (0x80 | ((character >> 12) & 0x3f));
            }
            out[size++] = (byte) (0x80 | ((character >> 6) & 0x3f));
        }
        out[size++] = (byte) (0x80 | (character & 0x3f));
        return size;
    }
}
