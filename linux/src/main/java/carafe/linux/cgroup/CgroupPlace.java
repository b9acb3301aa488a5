package carafe.linux.cgroup;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a process is in one hierarchy.
 *
 * @param path {@code /} for the root
 */
record CgroupPlace(String path) {
    private static final int FIELDS = 3;

    /** Reads /proc/pid/cgroup; lines of hierarchies that are not mounted are left out. */
    static Map<Path, CgroupPlace> parse(String text, CgroupLayout layout) {
        Map<Path, CgroupPlace> places = new HashMap<>();
        for (String line : text.split("\n", -1)) {
            String[] fields = line.split(":", FIELDS);
            if (fields.length == FIELDS) {
                root(fields[1], layout)
                        .ifPresent(root -> places.put(root, new CgroupPlace(fields[2])));
            }
        }
        return places;
    }

    private static Optional<Path> root(String controllers, CgroupLayout layout) {
        if (controllers.isEmpty()) {
            return layout.unified();
        }
        for (String name : controllers.split(",", -1)) {
            Optional<Path> root = Controller.named(name).map(layout.v1()::get);
            if (root.isPresent()) {
                return root;
            }
        }
        return Optional.empty();
    }

    /** Whether this is the cgroup or one below it. */
    boolean isWithin(CgroupPath cgroup) {
        return path.equals(cgroup.value()) || path.startsWith(cgroup.value() + "/");
    }
}
