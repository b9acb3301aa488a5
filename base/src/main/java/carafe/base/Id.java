package carafe.base;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Ids of pods and containers: 64 lower-case hexadecimal characters, as every CRI runtime gives. */
public final class Id {
    private static final int BYTES = 32;

    private Id() {}

    /** A fresh id with 256 random bits. */
    public static String random() {
        byte[] bits = new byte[BYTES];
        new SecureRandom().nextBytes(bits);
        return HexFormat.of().formatHex(bits);
    }

    /** Whether the text is an id of ours; anything else must never become part of a path. */
    public static boolean isValid(String text) {
        return text.length() == 2 * BYTES
                && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }
}
