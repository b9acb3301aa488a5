package carafe.linux.cgroup;

import carafe.base.CarafeException;
import java.util.List;

/**
 * A cgroup's name below every hierarchy's mount point, as {@code /kubepods/burstable/pod1}. Never
 * the root, and nothing in it leads elsewhere.
 *
 * @param value starts with a slash, no component empty, {@code .} or {@code ..}
 */
public record CgroupPath(String value) {
    private static final int MAX_COMPONENT = 255;
    private static final int MAX_LENGTH = 2048;

    public CgroupPath {
        if (!value.startsWith("/") || value.length() > MAX_LENGTH) {
            throw refused(value, "it must start with / and have at most 2048 characters");
        }
        for (String component : value.substring(1).split("/", -1)) {
            check(value, component);
        }
    }

    private static void check(String value, String component) {
        if (component.isEmpty() || component.equals(".") || component.equals("..")) {
            throw refused(value, "it has an empty component, . or ..");
        }
        if (component.length() > MAX_COMPONENT) {
            throw refused(value, "a component is longer than 255 characters");
        }
        if (component.chars().anyMatch(c -> c <= ' ' || c >= 0x7f || c == '\\')) {
            throw refused(value, "only printable ASCII without space and backslash may be in it");
        }
        // cgroup.procs, memory.max …: the kernel's own names carry a controller and a dot.
        if (component.startsWith("cgroup.")) {
            throw refused(value, "names that start with \"cgroup.\" are the kernel's");
        }
    }

    private static CarafeException.Invalid refused(String value, String why) {
        return new CarafeException.Invalid("cgroup path \"" + value + "\" refused: " + why);
    }

    /**
     * @throws CarafeException.Invalid for anything that is not such a path
     */
    public static CgroupPath of(String value) {
        return new CgroupPath(value);
    }

    /** The cgroup of that name in this one. */
    public CgroupPath child(String name) {
        if (name.indexOf('/') >= 0) {
            throw refused(name, "the name of one cgroup has no slash");
        }
        return new CgroupPath(value + "/" + name);
    }

    /** From the topmost cgroup down to this one. */
    List<CgroupPath> fromTop() {
        java.util.ArrayList<CgroupPath> steps = new java.util.ArrayList<>();
        for (int i = value.indexOf('/', 1); i > 0; i = value.indexOf('/', i + 1)) {
            steps.add(new CgroupPath(value.substring(0, i)));
        }
        steps.add(this);
        return steps;
    }

    /** The path without its slash, to be resolved against a mount point. */
    String relative() {
        return value.substring(1);
    }

    @Override
    public String toString() {
        return value;
    }
}
