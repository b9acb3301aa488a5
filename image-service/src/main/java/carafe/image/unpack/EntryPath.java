package carafe.image.unpack;

import carafe.base.CarafeException;
import carafe.linux.fs.RawNames;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Paths of a layer as raw bytes in one form: components joined by single slashes, no leading or
 * trailing slash, no "." or ".."; the root is empty. ".." is taken away by its name, and none leads
 * above the root. What a path means is decided by the kernel, inside the layer's root.
 */
final class EntryPath {
    /** What openat2 takes, without the NUL. */
    static final int MAX_BYTES = 4095;

    static final int MAX_NAME_BYTES = 255;
    static final byte[] ROOT = {};

    private EntryPath() {}

    /**
     * Brings a path into its one form.
     *
     * @throws CarafeException.Invalid when it holds a NUL, is too long or has too long a name
     */
    static byte[] clean(byte[] raw) {
        List<byte[]> parts = new ArrayList<>();
        for (byte[] part : split(raw)) {
            if (isDots(part, 2)) {
                if (!parts.isEmpty()) {
                    parts.removeLast();
                }
            } else if (part.length > MAX_NAME_BYTES) {
                throw new CarafeException.Invalid(
                        "%s: a name has more than %d bytes"
                                .formatted(RawNames.show(raw), MAX_NAME_BYTES));
            } else {
                parts.add(part);
            }
        }
        byte[] path = join(parts);
        if (path.length > MAX_BYTES) {
            throw new CarafeException.Invalid(
                    "%s: a path has more than %d bytes".formatted(RawNames.show(raw), MAX_BYTES));
        }
        return path;
    }

    /** The components, without empty ones and ".". */
    static List<byte[]> split(byte[] path) {
        List<byte[]> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= path.length; i++) {
            if (i == path.length || path[i] == '/') {
                byte[] part = Arrays.copyOfRange(path, start, i);
                if (part.length > 0 && !isDots(part, 1)) {
                    parts.add(part);
                }
                start = i + 1;
            } else if (path[i] == 0) {
                throw new CarafeException.Invalid(
                        RawNames.show(path) + ": a path holds a NUL byte");
            }
        }
        return parts;
    }

    private static boolean isDots(byte[] part, int count) {
        if (part.length != count) {
            return false;
        }
        for (byte b : part) {
            if (b != '.') {
                return false;
            }
        }
        return true;
    }

    static byte[] join(List<byte[]> parts) {
        ByteArrayOutputStream path = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            if (path.size() > 0) {
                path.write('/');
            }
            path.writeBytes(part);
        }
        return path.toByteArray();
    }

    /** Everything before the last component; the root's parent is the root. */
    static byte[] parent(byte[] path) {
        int slash = lastSlash(path);
        return slash < 0 ? ROOT : Arrays.copyOf(path, slash);
    }

    /** The last component; empty for the root. */
    static byte[] name(byte[] path) {
        return Arrays.copyOfRange(path, lastSlash(path) + 1, path.length);
    }

    private static int lastSlash(byte[] path) {
        for (int i = path.length - 1; i >= 0; i--) {
            if (path[i] == '/') {
                return i;
            }
        }
        return -1;
    }

    /** Whether the last component begins with these ASCII characters. */
    static boolean startsWith(byte[] name, String prefix) {
        if (name.length < prefix.length()) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            if (name[i] != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
