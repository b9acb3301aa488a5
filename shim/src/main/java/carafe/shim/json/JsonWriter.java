package carafe.shim.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes JSON as UTF-8. Commas are put where they belong; names and values in order are the
 * caller's part. Not for control, which allocates nothing.
 */
public final class JsonWriter {
    private static final String HEX = "0123456789abcdef";
    private static final int MAX_DEPTH = 64;

    private byte[] out = new byte[1024];
    private int length;
    private boolean comma;

    /** Begins an object. */
    public JsonWriter beginObject() {
        return open('{');
    }

    public JsonWriter endObject() {
        return close('}');
    }

    /** Begins a list. */
    public JsonWriter beginList() {
        return open('[');
    }

    public JsonWriter endList() {
        return close(']');
    }

    /** The name of the next value. */
    public JsonWriter name(String name) {
        string(name.getBytes(StandardCharsets.UTF_8));
        append(':');
        comma = false;
        return this;
    }

    /** A string of bytes that are UTF-8 already. */
    public JsonWriter string(byte[] utf8) {
        separate();
        append('"');
        for (byte b : utf8) {
            if (b == '"' || b == '\\') {
                append('\\');
                append(b);
            } else if ((b >= 0 && b < ' ') || b == 0x7f) {
                append('\\');
                append('u');
                append('0');
                append('0');
                append(HEX.charAt((b >> 4) & 0xf));
                append(HEX.charAt(b & 0xf));
            } else {
                append(b);
            }
        }
        append('"');
        return this;
    }

    public JsonWriter flag(boolean value) {
        return raw(value ? "true" : "false");
    }

    /**
     * A value as it was read, with all below it.
     *
     * @throws JsonException for a number with a fraction, and for what is missing
     */
    public JsonWriter copy(Json value) throws JsonException {
        return copy(value, 0);
    }

    private JsonWriter copy(Json value, int depth) throws JsonException {
        if (depth > MAX_DEPTH) {
            throw new JsonException(value.path() + " is nested too deep");
        }
        switch (value.kind()) {
            case OBJECT -> {
                beginObject();
                for (Json member : value.members()) {
                    if (!member.isMissing()) {
                        name(member.name()).copy(member, depth + 1);
                    }
                }
                endObject();
            }
            case ARRAY -> {
                beginList();
                for (Json element : value.elements()) {
                    copy(element, depth + 1);
                }
                endList();
            }
            case STRING -> string(value.bytes());
            case NUMBER -> raw(number(value));
            case BOOLEAN -> flag(value.isTrue());
            case MISSING -> throw new JsonException(value.path() + " is missing");
        }
        return this;
    }

    /** Limits of resources go up to 2⁶⁴−1; all else fits into a long. */
    private static String number(Json value) throws JsonException {
        try {
            return String.valueOf(value.integer(Long.MIN_VALUE, Long.MAX_VALUE));
        } catch (JsonException e) {
            return Long.toUnsignedString(value.unsigned());
        }
    }

    /** What has been written. */
    public byte[] bytes() {
        return Arrays.copyOf(out, length);
    }

    private JsonWriter raw(String ascii) {
        separate();
        for (int i = 0; i < ascii.length(); i++) {
            append(ascii.charAt(i));
        }
        return this;
    }

    private JsonWriter open(char bracket) {
        separate();
        append(bracket);
        comma = false;
        return this;
    }

    private JsonWriter close(char bracket) {
        append(bracket);
        comma = true;
        return this;
    }

    private void separate() {
        if (comma) {
            append(',');
        }
        comma = true;
    }

    private void append(int value) {
        if (length == out.length) {
            out = Arrays.copyOf(out, length * 2);
        }
        out[length++] = (byte) value;
    }
}
