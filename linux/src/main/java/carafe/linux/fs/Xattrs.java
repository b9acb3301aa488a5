package carafe.linux.fs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The kernel's list of attribute names. */
final class Xattrs {
    /** XATTR_SIZE_MAX and XATTR_LIST_MAX. */
    static final int MAX_BYTES = 65536;

    private Xattrs() {}

    /** Splits NUL-terminated names. */
    static List<byte[]> split(byte[] names, int size) {
        List<byte[]> found = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < size; i++) {
            if (names[i] == 0) {
                found.add(Arrays.copyOfRange(names, start, i));
                start = i + 1;
            }
        }
        return found;
    }
}
