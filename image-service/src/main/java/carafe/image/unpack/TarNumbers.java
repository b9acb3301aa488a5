package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.linux.fs.FileTime;
import java.nio.charset.StandardCharsets;

/** Numbers of tar headers: octal text, GNU's base-256, and the decimal text of pax records. */
final class TarNumbers {
    private static final int BASE_256 = 0x80;
    private static final int NEGATIVE = 0x40;
    private static final int NANO_DIGITS = 9;

    private TarNumbers() {}

    /**
     * A header field.
     *
     * @throws CarafeException.Invalid when it is no number or does not fit 64 bits
     */
    static long field(String what, byte[] block, int offset, int length) {
        return (block[offset] & BASE_256) != 0
                ? base256(what, block, offset, length)
                : octal(what, block, offset, length);
    }

    private static long base256(String what, byte[] block, int offset, int length) {
        boolean negative = (block[offset] & NEGATIVE) != 0;
        long value = negative ? -1 : 0;
        for (int i = 0; i < length; i++) {
            int b = block[offset + i] & 0xff;
            if (i == 0) {
                b = negative ? b | BASE_256 : b & ~BASE_256;
            }
            long shifted = value << 8 | b;
            if (shifted >> 8 != value) {
                throw new CarafeException.Invalid(what + " does not fit 64 bits");
            }
            value = shifted;
        }
        return value;
    }

    private static long octal(String what, byte[] block, int offset, int length) {
        int start = offset;
        int end = offset + length;
        while (start < end && isPadding(block[start])) {
            start++;
        }
        while (end > start && isPadding(block[end - 1])) {
            end--;
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            int digit = block[i] - '0';
            if (digit < 0 || digit > 7) {
                throw new CarafeException.Invalid(what + " is not an octal number");
            }
            value = value << 3 | digit; // 12 digits at most
        }
        return value;
    }

    private static boolean isPadding(byte b) {
        return b == ' ' || b == 0;
    }

    /**
     * A whole number of a pax record.
     *
     * @throws CarafeException.Invalid when it is none
     */
    static long decimal(String what, byte[] value) {
        try {
            if (value.length > 20) {
                throw new NumberFormatException();
            }
            return Long.parseLong(new String(value, StandardCharsets.ISO_8859_1));
        } catch (NumberFormatException e) {
            throw new CarafeException.Invalid(what + " is not a number", e);
        }
    }

    /**
     * A time of a pax record: seconds, optionally a point and any number of digits, of which nine
     * count. Negative times round away from zero as the kernel counts them.
     *
     * @throws CarafeException.Invalid when it is none
     */
    static FileTime time(String what, byte[] value) {
        String text = new String(value, StandardCharsets.ISO_8859_1);
        int point = text.indexOf('.');
        String whole = point < 0 ? text : text.substring(0, point);
        String fraction = point < 0 ? "" : text.substring(point + 1);
        if (text.length() > 64 || !fraction.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new CarafeException.Invalid(what + " is not a time");
        }
        long seconds = decimal(what, whole.getBytes(StandardCharsets.ISO_8859_1));
        int nanos =
                Integer.parseInt((fraction + "0".repeat(NANO_DIGITS)).substring(0, NANO_DIGITS));
        if (nanos > 0 && whole.startsWith("-")) {
            return new FileTime(seconds - 1, 1_000_000_000 - nanos);
        }
        return new FileTime(seconds, nanos);
    }
}
