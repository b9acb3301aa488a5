package carafe.shim.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A cgroup of the test's own in the v2 tree; the test is skipped where there is none. */
final class TestCgroup {
    private TestCgroup() {}

    static Path make() throws IOException {
        Path root = Path.of("/sys/fs/cgroup/unified");
        root = Files.exists(root) ? root : Path.of("/sys/fs/cgroup");
        assumeTrue(Files.exists(root.resolve("cgroup.controllers")), "needs a v2 cgroup tree");
        Path cgroup = root.resolve("carafe-shim-it-" + ProcessHandle.current().pid());
        return Files.createDirectory(cgroup);
    }

    static boolean isEmpty(Path cgroup) {
        try {
            return Files.readString(cgroup.resolve("cgroup.procs")).isEmpty();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static void delete(Path cgroup) throws IOException {
        Files.delete(cgroup);
    }
}
