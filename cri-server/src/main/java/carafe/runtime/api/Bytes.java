package carafe.runtime.api;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Immutable bytes with value semantics, for what may be no text. */
public final class Bytes {
    private static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] value;

    private Bytes(byte[] value) {
        this.value = value;
    }

    public static Bytes of(byte[] value) {
        return value.length == 0 ? EMPTY : new Bytes(value.clone());
    }

    public static Bytes ofUtf8(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    public byte[] toArray() {
        return value.clone();
    }

    public int size() {
        return value.length;
    }

    /** Whether one of the bytes is this one. */
    public boolean contains(byte wanted) {
        for (byte each : value) {
            if (each == wanted) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    /** Says the size only: values can be secrets. */
    @Override
    public String toString() {
        return value.length + " bytes";
    }
}
