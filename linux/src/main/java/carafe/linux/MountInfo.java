package carafe.linux;

import carafe.base.CarafeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * One line of /proc/pid/mountinfo.
 *
 * @param root the directory of the file system that is mounted, as the kernel names it
 * @param target where it is mounted
 * @param options of the mount
 * @param type of the file system, as {@code ext4} or {@code cgroup}
 * @param source device or name; user-controlled text
 * @param superOptions of the file system
 * @param tags optional fields such as {@code shared:3} and {@code master:1}
 */
public record MountInfo(
        int id,
        int parentId,
        String device,
        String root,
        Path target,
        Set<String> options,
        String type,
        String source,
        Set<String> superOptions,
        Set<String> tags) {
    private static final int FIXED_FIELDS = 6;
    private static final int FIELDS_AFTER_DASH = 3;

    /** All mounts of this process's mount namespace. */
    public static List<MountInfo> read() throws SyscallException {
        return parse(KernelFiles.read(Path.of("/proc/self/mountinfo")));
    }

    /**
     * @throws CarafeException.Internal naming the line that is not of the known form
     */
    public static List<MountInfo> parse(String text) {
        List<MountInfo> mounts = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (!line.isEmpty()) {
                mounts.add(parseLine(line));
            }
        }
        return mounts;
    }

    private static MountInfo parseLine(String line) {
        String[] fields = line.split(" ", -1);
        int dash = FIXED_FIELDS;
        while (dash < fields.length && !fields[dash].equals("-")) {
            dash++;
        }
        if (fields.length < dash + 1 + FIELDS_AFTER_DASH) {
            throw new CarafeException.Internal("mountinfo line of unknown form: " + line);
        }
        try {
            return new MountInfo(
                    Integer.parseInt(fields[0]),
                    Integer.parseInt(fields[1]),
                    fields[2],
                    unescape(fields[3]),
                    Path.of(unescape(fields[4])),
                    optionSet(fields[5]),
                    unescape(fields[dash + 1]),
                    unescape(fields[dash + 2]),
                    optionSet(fields[dash + 3]),
                    Set.copyOf(Arrays.asList(fields).subList(FIXED_FIELDS, dash)));
        } catch (IllegalArgumentException e) {
            throw new CarafeException.Internal("mountinfo line of unknown form: " + line, e);
        }
    }

    private static Set<String> optionSet(String field) {
        return Set.copyOf(Arrays.asList(field.split(",", -1)));
    }

    /**
     * The kernel writes space, tab, newline, backslash and '#' as backslash and three octal digits.
     */
    static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        byte[] raw = field.getBytes(StandardCharsets.UTF_8);
        byte[] plain = new byte[raw.length];
        int length = 0;
        for (int i = 0; i < raw.length; ) {
            if (raw[i] == '\\' && isOctal(raw, i + 1)) {
                plain[length++] =
                        (byte)
                                ((raw[i + 1] - '0') * 64
                                        + (raw[i + 2] - '0') * 8
                                        + (raw[i + 3] - '0'));
                i += 4;
            } else {
                plain[length++] = raw[i++];
            }
        }
        return new String(plain, 0, length, StandardCharsets.UTF_8);
    }

    private static boolean isOctal(byte[] raw, int start) {
        if (start + 3 > raw.length || raw[start] > '3') {
            return false;
        }
        for (int i = start; i < start + 3; i++) {
            if (raw[i] < '0' || raw[i] > '7') {
                return false;
            }
        }
        return true;
    }
}
