package carafe.shim.child;

import static carafe.shim.sys.MountCalls.ATTR_ATIME;
import static carafe.shim.sys.MountCalls.ATTR_NOATIME;
import static carafe.shim.sys.MountCalls.ATTR_NODEV;
import static carafe.shim.sys.MountCalls.ATTR_NODIRATIME;
import static carafe.shim.sys.MountCalls.ATTR_NOEXEC;
import static carafe.shim.sys.MountCalls.ATTR_NOSUID;
import static carafe.shim.sys.MountCalls.ATTR_NOSYMFOLLOW;
import static carafe.shim.sys.MountCalls.ATTR_RDONLY;
import static carafe.shim.sys.MountCalls.ATTR_STRICTATIME;
import static carafe.shim.sys.MountCalls.MS_PRIVATE;
import static carafe.shim.sys.MountCalls.MS_SHARED;
import static carafe.shim.sys.MountCalls.MS_SLAVE;
import static carafe.shim.sys.MountCalls.MS_UNBINDABLE;

import java.util.ArrayList;
import java.util.List;

/**
 * Mount options of the runtime-spec, sorted by what they act on: the mount ({@code ro}), it and all
 * below it ({@code rro}), its propagation, or the file system (the rest, kept in order).
 */
final class MountOptions {
    /** Attributes to set and to clear. */
    static final class Attributes {
        private long set;
        private long clear;

        long set() {
            return set;
        }

        long clear() {
            return clear;
        }

        boolean isEmpty() {
            return set == 0 && clear == 0;
        }

        private void add(long attribute) {
            set |= attribute;
            clear &= ~attribute;
        }

        private void remove(long attribute) {
            clear |= attribute;
            set &= ~attribute;
        }

        /** The access time is one field of three values, cleared as a whole before it is set. */
        private void accessTime(long value) {
            set = (set & ~ATTR_ATIME) | value;
            clear |= ATTR_ATIME;
        }
    }

    private final Attributes attributes = new Attributes();
    private final Attributes recursive = new Attributes();
    private final List<String> data = new ArrayList<>();
    private boolean bind;
    private boolean recursiveBind;
    private long propagation;
    private boolean recursivePropagation;

    private MountOptions() {}

    static MountOptions parse(List<String> options) {
        MountOptions parsed = new MountOptions();
        for (String option : options) {
            parsed.add(option);
        }
        return parsed;
    }

    private void add(String option) {
        if (option.isEmpty() || option.equals("defaults")) {
            return;
        }
        if (option.equals("bind") || option.equals("rbind")) {
            bind = true;
            recursiveBind = option.equals("rbind");
        } else if (!isPropagation(option)
                && !isAttribute(option, attributes)
                && !(option.startsWith("r") && isAttribute(option.substring(1), recursive))) {
            data.add(option);
        }
    }

    private boolean isPropagation(String option) {
        boolean all = option.startsWith("r");
        long flag =
                switch (all ? option.substring(1) : option) {
                    case "private" -> MS_PRIVATE;
                    case "shared" -> MS_SHARED;
                    case "slave" -> MS_SLAVE;
                    case "unbindable" -> MS_UNBINDABLE;
                    default -> 0;
                };
        if (flag != 0) {
            propagation = flag;
            recursivePropagation = all;
        }
        return flag != 0;
    }

    private static boolean isAttribute(String option, Attributes to) {
        switch (option) {
            case "ro" -> to.add(ATTR_RDONLY);
            case "rw" -> to.remove(ATTR_RDONLY);
            case "nosuid" -> to.add(ATTR_NOSUID);
            case "suid" -> to.remove(ATTR_NOSUID);
            case "nodev" -> to.add(ATTR_NODEV);
            case "dev" -> to.remove(ATTR_NODEV);
            case "noexec" -> to.add(ATTR_NOEXEC);
            case "exec" -> to.remove(ATTR_NOEXEC);
            case "nodiratime" -> to.add(ATTR_NODIRATIME);
            case "diratime" -> to.remove(ATTR_NODIRATIME);
            case "nosymfollow" -> to.add(ATTR_NOSYMFOLLOW);
            case "symfollow" -> to.remove(ATTR_NOSYMFOLLOW);
            case "noatime" -> to.accessTime(ATTR_NOATIME);
            case "strictatime" -> to.accessTime(ATTR_STRICTATIME);
            case "relatime", "atime", "norelatime", "nostrictatime" -> to.accessTime(0);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** For the mount alone. */
    Attributes attributes() {
        return attributes;
    }

    /** For the mount and all below it. */
    Attributes recursive() {
        return recursive;
    }

    /** What is left for the file system: {@code key} or {@code key=value}. */
    List<String> data() {
        return data;
    }

    boolean isBind() {
        return bind;
    }

    boolean isRecursiveBind() {
        return recursiveBind;
    }

    /** MS_PRIVATE and so on, private when none is named. */
    long propagation() {
        return propagation == 0 ? MS_PRIVATE : propagation;
    }

    boolean isRecursivePropagation() {
        return propagation == 0 || recursivePropagation;
    }

    boolean isReadonly() {
        return (attributes.set() & ATTR_RDONLY) != 0;
    }
}
