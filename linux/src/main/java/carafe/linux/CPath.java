package carafe.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Paths and names as the kernel takes them: bytes with a NUL at the end. */
final class CPath {
    private CPath() {}

    static byte[] of(Path path) {
        return of(path.toString());
    }

    static byte[] of(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a path with a NUL character");
        }
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(raw, raw.length + 1);
    }
}
