package carafe.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of one cgroup, looked at behind the runtime's back, in whatever hierarchies the machine
 * has.
 *
 * @param path below each hierarchy's root
 */
record CgroupFiles(String path) {
    private static final Pattern PATH = Pattern.compile("\"cgroupsPath\":\"([^\"]+)\"");

    static CgroupFiles of(String path) {
        return new CgroupFiles(path);
    }

    /** Those of a container, whose path is in its verbose status. */
    static CgroupFiles of(Node node, String containerId) {
        String info = node.kubelet().verboseStatus(containerId).getInfoOrThrow("info");
        Matcher found = PATH.matcher(info);
        if (!found.find()) {
            throw new AssertionError("no cgroupsPath in " + info);
        }
        return new CgroupFiles(found.group(1));
    }

    /**
     * A file's text: of version 1 where the controller has a hierarchy of its own, else of version
     * 2.
     */
    String value(String controller, String v1File, String v2File) throws IOException {
        for (Path each : candidates(controller, v1File, v2File)) {
            if (Files.exists(each)) {
                return Files.readString(each).strip();
            }
        }
        throw new AssertionError("none of " + candidates(controller, v1File, v2File));
    }

    boolean has(String controller, String v1File, String v2File) {
        return candidates(controller, v1File, v2File).stream().anyMatch(Files::exists);
    }

    private List<Path> candidates(String controller, String v1File, String v2File) {
        Path top = Path.of("/sys/fs/cgroup");
        String below = path.substring(1);
        List<Path> found = new ArrayList<>();
        Path legacy = top.resolve(controller).resolve(below);
        if (!v1File.isEmpty() && Files.isDirectory(top.resolve(controller))) {
            found.add(legacy.resolve(v1File));
        }
        found.add(top.resolve("unified").resolve(below).resolve(v2File));
        found.add(top.resolve(below).resolve(v2File));
        return found;
    }
}
