package carafe.linux.dbus;

/**
 * A value with its signature.
 *
 * @param value see {@link DbusMessage} for what stands for which type
 */
public record DbusVariant(String signature, Object value) {
    public static DbusVariant of(String value) {
        return new DbusVariant("s", value);
    }

    public static DbusVariant of(boolean value) {
        return new DbusVariant("b", value);
    }

    /** An unsigned number of 64 bits; -1 is the largest. */
    public static DbusVariant ofUnsigned(long value) {
        return new DbusVariant("t", value);
    }
}
