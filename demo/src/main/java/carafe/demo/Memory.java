package carafe.demo;

import org.teavm.interop.Address;

/** A piece of C memory; lives as long as the program. */
final class Memory {
    private final Address start;
    private final int size;

    Memory(int size) {
        this.start = Libc.malloc(size);
        this.size = size;
        for (int i = 0; i < size; i++) {
            start.add(i).putByte((byte) 0);
        }
    }

    Address address() {
        return start;
    }

    int size() {
        return size;
    }

    Memory putByte(int at, int value) {
        start.add(at).putByte((byte) value);
        return this;
    }

    Memory putInt(int at, int value) {
        start.add(at).putInt(value);
        return this;
    }

    int getShort(int at) {
        return start.add(at).getShort();
    }

    /** Puts ASCII text, cut to what fits; returns its length. */
    int putText(String text) {
        int length = Math.min(text.length(), size);
        for (int i = 0; i < length; i++) {
            start.add(i).putByte((byte) text.charAt(i));
        }
        return length;
    }

    /** ASCII text up to a NUL or the given length. */
    String text(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(length, size); i++) {
            byte each = start.add(i).getByte();
            if (each == 0) {
                break;
            }
            text.append((char) (each & 0x7f));
        }
        return text.toString();
    }
}
