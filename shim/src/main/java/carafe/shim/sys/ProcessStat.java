package carafe.shim.sys;

/** Reads /proc/PID/stat, whose second field may hold spaces and brackets. */
final class ProcessStat {
    private static final int FIELDS_AFTER_NAME_TO_START = 20;

    private ProcessStat() {}

    /** Field 22, or 0 when the line is not one of stat. */
    static long startTicks(String line) {
        int at = line.lastIndexOf(')') + 1;
        if (at == 0) {
            return 0;
        }
        int length = line.length();
        for (int field = 0; field < FIELDS_AFTER_NAME_TO_START; field++) {
            while (at < length && line.charAt(at) == ' ') {
                at++;
            }
            if (field == FIELDS_AFTER_NAME_TO_START - 1) {
                break;
            }
            while (at < length && line.charAt(at) != ' ') {
                at++;
            }
        }
        long ticks = 0;
        for (; at < length && line.charAt(at) >= '0' && line.charAt(at) <= '9'; at++) {
            ticks = ticks * 10 + (line.charAt(at) - '0');
        }
        return ticks;
    }
}
