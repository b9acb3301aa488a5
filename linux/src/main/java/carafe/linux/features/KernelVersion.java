package carafe.linux.features;

import carafe.base.CarafeException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A kernel's version, as far as it says what the kernel can do. */
record KernelVersion(int major, int minor) implements Comparable<KernelVersion> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4}).*");

    /**
     * @param release as {@code uname -r} prints it
     */
    static KernelVersion parse(String release) {
        Matcher matcher = FORM.matcher(release.strip());
        if (!matcher.matches()) {
            throw new CarafeException.Internal("kernel release of unknown form: " + release);
        }
        return new KernelVersion(
                Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    boolean isAtLeast(int otherMajor, int otherMinor) {
        return compareTo(new KernelVersion(otherMajor, otherMinor)) >= 0;
    }

    @Override
    public int compareTo(KernelVersion other) {
        return major != other.major
                ? Integer.compare(major, other.major)
                : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
