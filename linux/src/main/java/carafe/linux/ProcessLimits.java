package carafe.linux;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A process's resource limits as {@code /proc/PID/limits} tells them. */
public final class ProcessLimits {
    /** Names are padded to this width. */
    private static final int NAME_COLUMNS = 25;

    private ProcessLimits() {}

    /**
     * Soft limits by name in small letters, such as {@code max_open_files}; unlimited ones are left
     * out. Empty when the process is gone.
     */
    public static Map<String, Long> soft(int pid) {
        try {
            return parse(KernelFiles.read(Path.of("/proc", Integer.toString(pid), "limits")));
        } catch (SyscallException e) {
            return Map.of();
        }
    }

    static Map<String, Long> parse(String text) {
        Map<String, Long> limits = new TreeMap<>();
        text.lines()
                .skip(1)
                .filter(line -> line.length() > NAME_COLUMNS)
                .forEach(line -> {
                    String name = line.substring(0, NAME_COLUMNS).strip();
                    String soft = line.substring(NAME_COLUMNS).strip().split("\\s+", -1)[0];
                    if (soft.matches("[0-9]{1,18}")) {
                        limits.put(
                                name.toLowerCase(Locale.ROOT).replace(' ', '_'),
                                Long.parseLong(soft));
                    }
                });
        return limits;
    }
}
