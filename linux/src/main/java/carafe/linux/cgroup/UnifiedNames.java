package carafe.linux.cgroup;

import carafe.base.CarafeException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Which cgroup files may be set by their own name, and where they are. */
final class UnifiedNames {
    /** A file name of the kernel's, never a way out of the directory. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9_]+(\\.[A-Za-z0-9_]+)+");

    /** The others of cgroup.* move, freeze or kill processes, anybody's in cgroup.procs. */
    private static final Set<String> HARMLESS =
            Set.of("cgroup.max.depth", "cgroup.max.descendants", "cgroup.pressure");

    private static final int MAX_VALUE = 4096;

    private UnifiedNames() {}

    /**
     * @throws CarafeException.Invalid for what must never be written
     */
    static void check(String name, String value) {
        if (!NAME.matcher(name).matches()) {
            throw new CarafeException.Invalid("\"" + name + "\" is not the name of a cgroup file");
        }
        if (name.startsWith("cgroup.") && !HARMLESS.contains(name)) {
            throw new CarafeException.Invalid(
                    "cgroup file \"%s\" is not a limit and must not be set".formatted(name));
        }
        if (value.isBlank() || value.length() > MAX_VALUE || value.indexOf(0) >= 0) {
            throw new CarafeException.Invalid(
                    "the value of cgroup file %s must have 1 to %d characters and no NUL"
                            .formatted(name, MAX_VALUE));
        }
    }

    /** Where that file of a cgroup is; empty when this machine has none. */
    static Optional<CgroupTree.ControllerDirectory> find(
            CgroupTree tree, CgroupPath path, String name) {
        Optional<Path> unified = tree.unified(path);
        if (unified.isPresent() && tree.files().exists(unified.get().resolve(name))) {
            return unified.map(each -> new CgroupTree.ControllerDirectory(each, 2));
        }
        // The one file that version 1 has by the same name and in the same words.
        return name.equals("pids.max") ? tree.directory(Controller.PIDS, path) : Optional.empty();
    }

    static CarafeException absent(CgroupTree tree, String name) {
        String controller = name.substring(0, name.indexOf('.'));
        boolean legacy =
                Controller.named(controller).filter(tree.layout().v1()::containsKey).isPresent();
        return new CarafeException.Precondition(
                legacy
                        ? ("cgroup file %s cannot be set: controller %s is mounted as version 1 on"
                                        + " this machine; boot with"
                                        + " systemd.unified_cgroup_hierarchy=1 or do not ask for it")
                                .formatted(name, controller)
                        : "cgroup file %s cannot be set: this machine has no such file of version 2"
                                .formatted(name));
    }
}
