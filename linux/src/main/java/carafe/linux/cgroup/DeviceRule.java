package carafe.linux.cgroup;

/**
 * A class of devices and what may be done with it. Everything that no rule allows is denied; of the
 * rules that match, the last one decides.
 *
 * @param major -1 = any
 * @param minor -1 = any
 */
public record DeviceRule(
        Verdict verdict,
        Type type,
        long major,
        long minor,
        boolean read,
        boolean write,
        boolean make) {
    /** What the rule says. */
    public enum Verdict {
        ALLOW,
        DENY
    }

    /** Which kind of device. */
    public enum Type {
        ALL('a'),
        BLOCK('b'),
        CHARACTER('c');

        private final char letter;

        Type(char letter) {
            this.letter = letter;
        }
    }

    /** Allows reading, writing and making one device. */
    public static DeviceRule allow(Type type, long major, long minor) {
        return new DeviceRule(Verdict.ALLOW, type, major, minor, true, true, true);
    }

    /** Allows everything with every device. */
    public static DeviceRule allowAll() {
        return allow(Type.ALL, -1, -1);
    }

    /** As the OCI runtime-spec and the kernel write the access: some of {@code rwm}. */
    public String access() {
        return (read ? "r" : "") + (write ? "w" : "") + (make ? "m" : "");
    }

    /** The line for devices.allow and devices.deny of version 1. */
    String line() {
        return type.letter + " " + number(major) + ":" + number(minor) + " " + access();
    }

    private static String number(long number) {
        return number < 0 ? "*" : Long.toString(number);
    }
}
