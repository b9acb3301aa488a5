package carafe.shim.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** One cgroup of the test's own in every v1 hierarchy and in the v2 tree. */
final class TestCgroups implements AutoCloseable {
    private final List<Path> v1;
    private final Path v2;

    private TestCgroups(List<Path> v1, Path v2) {
        this.v1 = v1;
        this.v2 = v2;
    }

    static TestCgroups make() throws IOException {
        Path top = Path.of("/sys/fs/cgroup");
        assumeTrue(Files.isDirectory(top.resolve("unified")), "needs v1 cgroups and a v2 tree");
        List<Path> v1 = new ArrayList<>();
        for (String name : List.of("cpu", "memory", "pids", "freezer", "systemd", "devices")) {
            if (Files.isDirectory(top.resolve(name))) {
                v1.add(Files.createDirectory(top.resolve(name).resolve(ownName())));
            }
        }
        return new TestCgroups(v1, TestCgroup.make());
    }

    private static String ownName() {
        return "carafe-shim-it-" + ProcessHandle.current().pid();
    }

    /** The member {@code cgroups} of shim.json. */
    String shimField() {
        return "\"cgroups\":{\"join\":[%s],\"unified\":%s}"
                .formatted(
                        v1.stream()
                                .map(p -> ShimBundle.quote(p.resolve("tasks").toString()))
                                .collect(Collectors.joining(",")),
                        ShimBundle.quote(v2.toString()));
    }

    @Override
    public void close() throws IOException {
        for (Path cgroup : v1) {
            Files.delete(cgroup);
        }
        Files.delete(v2);
    }
}
