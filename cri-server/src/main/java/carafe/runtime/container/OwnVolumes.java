package carafe.runtime.container;

import carafe.base.CarafeException;
import carafe.image.ImageConfig;
import carafe.runtime.api.ContainerSpec;
import carafe.runtime.api.MountSpec;
import carafe.runtime.spec.OciMount;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The paths that an image declares as volumes. They are a part of the container's writable layer
 * with the image's content in it, gone with the container; what has to be done for them is that
 * they stay writable when the root is read-only. What the request mounts there wins.
 */
final class OwnVolumes {
    private static final int MOST = 100;
    private static final List<String> OURS = List.of("/proc", "/sys", "/dev");

    private OwnVolumes() {}

    /** The mounts of config.json; none when the root is writable. */
    static List<OciMount> mounts(ContainerSpec spec, ImageConfig image) {
        List<OciMount> mounts = new ArrayList<>();
        for (String path : paths(spec, image)) {
            mounts.add(
                    new OciMount(
                            path,
                            "bind",
                            OciMount.ownSource(path),
                            List.of("bind", "rprivate", "rw")));
        }
        return mounts;
    }

    /** What the sources of {@link #mounts} stand for: no layers, so the container's own root. */
    static List<ImageMounts.Volume> volumes(ContainerSpec spec, ImageConfig image) {
        return paths(spec, image).stream()
                .map(path -> new ImageMounts.Volume(OciMount.ownSource(path), List.of(), path))
                .toList();
    }

    private static Set<String> paths(ContainerSpec spec, ImageConfig image) {
        Set<String> paths = new TreeSet<>();
        if (!spec.security().readonlyRootfs()) {
            return paths;
        }
        if (image.volumes().size() > MOST) {
            throw new CarafeException.Invalid(
                    "the image declares %d volumes, at most %d are made"
                            .formatted(image.volumes().size(), MOST));
        }
        image.volumes().stream()
                .map(OwnVolumes::normal)
                .filter(path -> !path.equals("/") && OURS.stream().noneMatch(o -> below(path, o)))
                .forEach(paths::add);
        spec.mounts().stream()
                .map(MountSpec::containerPath)
                .map(OwnVolumes::normal)
                .forEach(paths::remove);
        return paths;
    }

    private static boolean below(String path, String parent) {
        return path.equals(parent) || path.startsWith(parent + "/");
    }

    /** The image's text as a path from the root; the root when it is none. */
    private static String normal(String text) {
        try {
            return Path.of("/").resolve(text).normalize().toString();
        } catch (InvalidPathException e) {
            return "/";
        }
    }
}
