package carafe.shim.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import carafe.shim.sys.Errno;
import carafe.shim.sys.FileCalls;
import carafe.shim.sys.RealKernel;
import carafe.shim.sys.SyscallException;
import carafe.shim.sys.Syscalls;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths against this machine's openat2; everything outside of the root is the canary. */
final class InRootTest {
    private final Syscalls sys = RealKernel.syscalls();
    @TempDir private Path directory;
    private Path root = Path.of("/");
    private int rootFd;
    private InRoot inRoot = new InRoot(sys.files(), -1);

    @BeforeEach
    void makeRoot() throws Exception {
        root = Files.createDirectory(directory.resolve("root"));
        Files.createDirectory(directory.resolve("canary"));
        rootFd = sys.files().open(FileCalls.AT_FDCWD, root.toString(), FileCalls.O_DIRECTORY, 0);
        inRoot = new InRoot(sys.files(), rootFd);
    }

    @AfterEach
    void close() throws Exception {
        sys.files().close(rootFd);
        try (Stream<Path> canary = Files.list(directory.resolve("canary"))) {
            assertThat(canary).isEmpty();
        }
        try (Stream<Path> beside = Files.list(directory)) {
            assertThat(beside).hasSize(2);
        }
    }

    private Path link(String name, String target) throws Exception {
        Path path = root.resolve(name);
        Files.createDirectories(path.getParent());
        return Files.createSymbolicLink(path, Path.of(target));
    }

    private void made(int fd, String path) throws Exception {
        Object inode =
                Files.getAttribute(root.resolve(path), "unix:ino", LinkOption.NOFOLLOW_LINKS);
        assertThat(sys.files().status(fd).inode()).isEqualTo(inode);
        sys.files().close(fd);
    }

    @Test
    void missingDirectoriesAreMade() throws Exception {
        made(inRoot.directory("/a/b//./c/"), "a/b/c");
    }

    @Test
    void aMissingFileIsMadeEmptyWithItsParents() throws Exception {
        made(inRoot.file("/a/b/f"), "a/b/f");
        assertThat(Files.size(root.resolve("a/b/f"))).isZero();
    }

    @Test
    void whatIsThereIsTaken() throws Exception {
        Files.createDirectories(root.resolve("a"));
        Files.writeString(root.resolve("a/f"), "x");
        made(inRoot.file("a/f"), "a/f");
        made(inRoot.directory("a"), "a");
        made(inRoot.directory("/"), ".");
    }

    @Test
    void anAbsoluteLinkMeansTheRootsOwn() throws Exception {
        link("var/run", directory.resolve("canary").toString());
        int fd = inRoot.directory("/var/run/secrets");
        made(fd, root.relativize(root.resolve("." + directory + "/canary/secrets")).toString());
    }

    @Test
    void dotsDoNotClimbOut() throws Exception {
        link("up", "../../../../../canary");
        made(inRoot.file("/up/x"), "canary/x");
        made(inRoot.directory("/../../y"), "y");
    }

    @Test
    void aDanglingLinkIsFollowedWithinTheRoot() throws Exception {
        link("l", "deep/er");
        made(inRoot.directory("l/z"), "deep/er/z");
    }

    @Test
    void loopsEnd() throws Exception {
        link("a", "b");
        link("b", "a");
        assertThatThrownBy(() -> inRoot.directory("a/x"))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ELOOP));
    }

    @Test
    void aFileIsNoDirectoryToDescendInto() throws Exception {
        Files.writeString(root.resolve("f"), "x");
        assertThatThrownBy(() -> inRoot.directory("f/x"))
                .isInstanceOfSatisfying(
                        SyscallException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.ENOTDIR));
    }
}
