package carafe.linux.fs;

/** Device numbers: Carafe keeps major and minor in one long, 32 bits each. */
public final class Devices {
    /** The kernel's own limit for a major number (12 bits). */
    public static final long MAX_MAJOR = 0xfff;

    /** The kernel's own limit for a minor number (20 bits). */
    public static final long MAX_MINOR = 0xfffff;

    private Devices() {}

    /**
     * @throws IllegalArgumentException when a part is out of the kernel's range
     */
    public static long of(long major, long minor) {
        if (major < 0 || major > MAX_MAJOR || minor < 0 || minor > MAX_MINOR) {
            throw new IllegalArgumentException("device " + major + ":" + minor + " out of range");
        }
        return major << 32 | minor;
    }

    public static long major(long device) {
        return device >>> 32;
    }

    public static long minor(long device) {
        return device & 0xffffffffL;
    }

    /** The C library's dev_t. */
    static long encode(long device) {
        long major = major(device);
        long minor = minor(device);
        return (major & 0xfff) << 8 | (minor & 0xff) | (minor & 0xffffff00L) << 12;
    }
}
