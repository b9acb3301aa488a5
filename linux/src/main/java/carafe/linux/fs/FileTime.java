package carafe.linux.fs;

/**
 * A point in time as the kernel keeps it.
 *
 * @param seconds since 1970, may be negative
 * @param nanos 0 to 999,999,999
 */
public record FileTime(long seconds, int nanos) {
    /** The first moment of 1970. */
    public static final FileTime EPOCH = new FileTime(0, 0);

    public FileTime {
        if (nanos < 0 || nanos > 999_999_999) {
            throw new IllegalArgumentException("nanoseconds out of range: " + nanos);
        }
    }
}
