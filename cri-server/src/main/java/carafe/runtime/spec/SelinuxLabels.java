package carafe.runtime.spec;

import carafe.base.CarafeException;
import carafe.runtime.api.MountSpec;
import carafe.runtime.api.NamespaceModes;
import carafe.runtime.api.NamespaceModes.Mode;
import carafe.runtime.api.SelinuxLabel;
import carafe.runtime.port.Selinux;
import carafe.runtime.port.Selinux.Contexts;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * SELinux labels of pods and containers. A kernel without SELinux refuses whoever asks for one;
 * with it, everybody is labelled who is not the node's anyway: privileged, or in one of its
 * namespaces. Pods differ in their level, whose two categories no other pod of this node has.
 */
public final class SelinuxLabels {
    private static final int CATEGORIES = 1024;

    /** What relabelling would break the node; volumes live elsewhere. */
    private static final Set<String> OF_THE_NODE =
            Set.of(
                    "/",
                    "/bin",
                    "/boot",
                    "/dev",
                    "/etc",
                    "/home",
                    "/lib",
                    "/lib64",
                    "/opt",
                    "/proc",
                    "/root",
                    "/run",
                    "/sbin",
                    "/srv",
                    "/sys",
                    "/tmp",
                    "/usr",
                    "/var",
                    "/var/lib",
                    "/var/log",
                    "/var/run",
                    "/var/tmp");

    private final Selinux selinux;

    public SelinuxLabels(Selinux selinux) {
        this.selinux = selinux;
    }

    /**
     * The level of a new pod.
     *
     * @param id of the pod, from which the search for free categories starts
     * @param taken levels of the other pods
     * @return empty = the kernel has no SELinux
     * @throws CarafeException.Unsupported when a label is asked for that cannot be given
     */
    public String levelOfPod(String id, @Nullable SelinuxLabel asked, Collection<String> taken) {
        Optional<Contexts> defaults = defaults(asked);
        if (defaults.isEmpty()) {
            return "";
        }
        if (asked != null && !asked.level().isEmpty()) {
            Contexts _ = checked(with(defaults.get(), asked, asked.level()));
            return asked.level();
        }
        String sensitivity = sensitivity(defaults.get().process());
        String level = free(sensitivity, Integer.toUnsignedLong(id.hashCode()), taken);
        Contexts _ = checked(with(defaults.get(), asked, level));
        return level;
    }

    /** Pairs of categories in a row from a start that differs with the pod, so one try will do. */
    private static String free(String sensitivity, long start, Collection<String> taken) {
        long pairs = (long) CATEGORIES * (CATEGORIES - 1) / 2;
        for (long i = 0; i < pairs; i++) {
            long pair = (start + i) % pairs;
            int high = (int) ((1 + Math.sqrt(1 + 8.0 * pair)) / 2);
            long low = pair - (long) high * (high - 1) / 2;
            String level = "%s:c%d,c%d".formatted(sensitivity, low, high);
            if (!taken.contains(level)) {
                return level;
            }
        }
        throw new CarafeException.Exhausted("all pairs of SELinux categories are taken by pods");
    }

    /** What a pod's own files get. */
    public String filesOfPod(String level) {
        return level.isEmpty() ? "" : of(null, level).file();
    }

    /**
     * What a container gets.
     *
     * @param level of its pod
     * @param pod namespaces of its pod
     * @return {@link Contexts#NONE} = no label
     * @throws CarafeException.Unsupported when one is asked for and the kernel has no SELinux
     * @throws CarafeException.Invalid when the policy does not have what is asked for
     */
    public Contexts ofContainer(
            @Nullable SelinuxLabel asked, boolean privileged, NamespaceModes pod, String level) {
        boolean isAsked = asked != null && !asked.isEmpty();
        boolean ofNode =
                privileged
                        || pod.network() == Mode.NODE
                        || pod.pid() == Mode.NODE
                        || pod.ipc() == Mode.NODE;
        return !isAsked && ofNode ? Contexts.NONE : of(asked, level);
    }

    private Contexts of(@Nullable SelinuxLabel asked, String level) {
        Optional<Contexts> defaults = defaults(asked);
        if (defaults.isEmpty()) {
            return Contexts.NONE;
        }
        String own = asked == null ? "" : asked.level();
        return checked(with(defaults.get(), asked, said(own, level)));
    }

    private Optional<Contexts> defaults(@Nullable SelinuxLabel asked) {
        Optional<Contexts> defaults = selinux.contexts();
        if (defaults.isEmpty() && asked != null && !asked.isEmpty()) {
            throw new CarafeException.Unsupported(
                    "SELinux label %s:%s:%s:%s cannot be applied: this kernel has no SELinux"
                            .formatted(asked.user(), asked.role(), asked.type(), asked.level()));
        }
        return defaults;
    }

    /** Files keep the policy's type, and so does everything that is not said. */
    private static Contexts with(Contexts defaults, @Nullable SelinuxLabel asked, String level) {
        List<String> process = parts(defaults.process());
        List<String> file = parts(defaults.file());
        SelinuxLabel label = asked == null ? new SelinuxLabel("", "", "", "") : asked;
        return new Contexts(
                String.join(
                        ":",
                        said(label.user(), process.get(0)),
                        said(label.role(), process.get(1)),
                        said(label.type(), process.get(2)),
                        said(level, process.get(3))),
                String.join(":", file.get(0), file.get(1), file.get(2), said(level, file.get(3))));
    }

    private static String said(String part, String otherwise) {
        return part.isEmpty() ? otherwise : part;
    }

    private static String sensitivity(String context) {
        String level = parts(context).get(3);
        int end = level.indexOf(':');
        return end < 0 ? level : level.substring(0, end);
    }

    private static List<String> parts(String context) {
        List<String> parts = List.of(context.split(":", 4));
        if (parts.size() != 4) {
            throw new CarafeException.Precondition(
                    "the SELinux policy's own context of containers, \"%s\", has no level"
                            .formatted(context));
        }
        return parts;
    }

    private Contexts checked(Contexts contexts) {
        for (String each : List.of(contexts.process(), contexts.file())) {
            boolean text = each.chars().allMatch(c -> c > ' ' && c < 0x7f);
            if (!text || each.length() > 255 || !selinux.isValid(each)) {
                throw new CarafeException.Invalid(
                        "\"%s\" is no SELinux label of this node's policy".formatted(each));
            }
        }
        return contexts;
    }

    /** Labels the volumes that ask for it, so that the container may use them. */
    public void relabel(List<MountSpec> mounts, Contexts contexts) {
        if (contexts.isNone()) {
            return;
        }
        for (MountSpec each : mounts) {
            if (!each.selinuxRelabel() || each.hostPath().isEmpty()) {
                continue;
            }
            String path = Path.of(each.hostPath()).normalize().toString();
            if (OF_THE_NODE.contains(path)) {
                throw new CarafeException.Invalid(
                        "selinux_relabel of %s would shut the node out of its own files"
                                .formatted(path));
            }
            selinux.relabel(each.hostPath(), contexts.file());
        }
    }
}
