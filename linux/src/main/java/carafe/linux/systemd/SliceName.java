package carafe.linux.systemd;

import carafe.base.CarafeException;
import carafe.linux.cgroup.CgroupPath;
import java.util.regex.Pattern;

/**
 * A slice of systemd's, by the name of its unit: {@code kubepods-burstable-pod1.slice} is in {@code
 * kubepods-burstable.slice} is in {@code kubepods.slice}. Only plain characters are taken, so that
 * a name needs no escaping and can mean nothing else than itself.
 */
public record SliceName(String value) {
    private static final String SUFFIX = ".slice";
    private static final int MAX = 255;
    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z0-9:_.]+(-[A-Za-z0-9:_.]+)*\\.slice");

    public SliceName {
        if (value.length() > MAX || !PLAIN.matcher(value).matches()) {
            throw refused(value, "a slice is named like kubepods-burstable-pod1.slice");
        }
    }

    /**
     * The slice out of {@code cgroup_parent}: its name, its whole path, or a path in the words of
     * cgroupfs, whose parts become the parts of the name as the kubelet makes them.
     *
     * @throws CarafeException.Invalid for anything else
     */
    public static SliceName of(String cgroupParent) {
        if (!cgroupParent.contains(SUFFIX)) {
            return ofPath(CgroupPath.of(cgroupParent));
        }
        int slash = cgroupParent.lastIndexOf('/');
        SliceName slice = new SliceName(cgroupParent.substring(slash + 1));
        boolean whole = slash > 0;
        if (whole && !cgroupParent.equals(slice.path().value())) {
            throw refused(cgroupParent, slice + " is at " + slice.path());
        }
        return slice;
    }

    private static SliceName ofPath(CgroupPath path) {
        // A dash would be one level more.
        String name = path.value().substring(1).replace('-', '_').replace('/', '-');
        return new SliceName(name + SUFFIX);
    }

    private static CarafeException.Invalid refused(String value, String why) {
        return new CarafeException.Invalid(
                "cgroup_parent \"%s\" refused: %s".formatted(value.replace('\0', '?'), why));
    }

    /** Where it is among cgroups. */
    public CgroupPath path() {
        StringBuilder path = new StringBuilder();
        for (int dash = value.indexOf('-'); dash > 0; dash = value.indexOf('-', dash + 1)) {
            path.append('/').append(value, 0, dash).append(SUFFIX);
        }
        return CgroupPath.of(path.append('/').append(value).toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
