package carafe.image.unpack;

import carafe.base.CarafeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records of a pax header (POSIX.1-2001 pax, "length key=value"), as far as they matter to a
 * layer. Keys are kept as ISO 8859-1 text, which loses no byte.
 */
final class PaxRecords {
    private static final String XATTR = "SCHILY.xattr.";
    private static final String SPARSE = "GNU.sparse.";

    private final Map<String, byte[]> values = new LinkedHashMap<>();

    private PaxRecords() {}

    /**
     * @throws CarafeException.Invalid when a record is malformed or describes a sparse file
     */
    static PaxRecords parse(byte[] body) {
        PaxRecords records = new PaxRecords();
        int at = 0;
        while (at < body.length) {
            int space = find(body, at, ' ');
            int length = length(body, at, space);
            int end = at + length;
            int equals = space < 0 ? -1 : find(body, space + 1, '=');
            if (length <= 0 || end > body.length || end < at || equals < 0 || equals >= end - 1) {
                throw malformed();
            }
            if (body[end - 1] != '\n') {
                throw malformed();
            }
            records.put(
                    new String(body, space + 1, equals - space - 1, StandardCharsets.ISO_8859_1),
                    Arrays.copyOfRange(body, equals + 1, end - 1));
            at = end;
        }
        return records;
    }

    private void put(String key, byte[] value) {
        if (key.isEmpty() || key.indexOf('\0') >= 0) {
            throw malformed();
        }
        if (key.startsWith(SPARSE)) {
            throw new CarafeException.Invalid("sparse files in layers are not supported");
        }
        values.put(key, value);
    }

    private static int find(byte[] body, int from, char wanted) {
        for (int i = from; i < body.length; i++) {
            if (body[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    /** At most seven digits: a body has a mebibyte. */
    private static int length(byte[] body, int start, int space) {
        if (space <= start || space - start > 7) {
            throw malformed();
        }
        int value = 0;
        for (int i = start; i < space; i++) {
            int digit = body[i] - '0';
            if (digit < 0 || digit > 9) {
                throw malformed();
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private static CarafeException malformed() {
        return new CarafeException.Invalid("a pax header is malformed");
    }

    /** The value, or null when it is absent or empty, which undoes it. */
    byte @Nullable [] get(String key) {
        byte[] value = values.get(key);
        return value == null || value.length == 0 ? null : value;
    }

    List<TarEntry.Attribute> attributes() {
        List<TarEntry.Attribute> found = new ArrayList<>();
        values.forEach((key, value) -> {
            if (key.startsWith(XATTR)) {
                byte[] name = key.substring(XATTR.length()).getBytes(StandardCharsets.ISO_8859_1);
                found.add(new TarEntry.Attribute(name, value));
            }
        });
        return found;
    }
}
