package carafe.shim.spec;

import carafe.shim.json.Json;
import carafe.shim.json.JsonException;
import java.util.Arrays;

/** Base64 of RFC 4648 section 4, with padding, and nothing else. */
final class Base64 {
    private Base64() {}

    /** The bytes a string stands for; a NUL among them is refused. */
    static byte[] decode(Json string) throws JsonException {
        byte[] text = string.bytes();
        if (text.length % 4 != 0) {
            throw damaged(string);
        }
        int padding = 0;
        while (padding < 2 && padding < text.length && text[text.length - 1 - padding] == '=') {
            padding++;
        }
        byte[] out = new byte[text.length / 4 * 3];
        for (int i = 0, o = 0; i < text.length; i += 4, o += 3) {
            int bits = 0;
            for (int k = 0; k < 4; k++) {
                int value = i + k >= text.length - padding ? 0 : value(text[i + k]);
                if (value < 0) {
                    throw damaged(string);
                }
                bits = bits << 6 | value;
            }
            out[o] = (byte) (bits >> 16);
            out[o + 1] = (byte) (bits >> 8);
            out[o + 2] = (byte) bits;
        }
        byte[] bytes = Arrays.copyOf(out, out.length - padding);
        for (byte b : bytes) {
            if (b == 0) {
                throw new JsonException(string.path() + " holds a NUL byte");
            }
        }
        return bytes;
    }

    private static int value(byte b) {
        if (b >= 'A' && b <= 'Z') {
            return b - 'A';
        }
        if (b >= 'a' && b <= 'z') {
            return b - 'a' + 26;
        }
        if (b >= '0' && b <= '9') {
            return b - '0' + 52;
        }
        return b == '+' ? 62 : b == '/' ? 63 : -1;
    }

    private static JsonException damaged(Json string) {
        return new JsonException(string.path() + " is not base64");
    }
}
