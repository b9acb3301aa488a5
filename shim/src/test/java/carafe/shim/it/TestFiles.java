package carafe.shim.it;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** A directory of the test's own, with a root file system of busybox; deleted at the end. */
final class TestFiles implements AutoCloseable {
    private static final List<String> TOOLS =
            List.of(
                    "sh",
                    "sleep",
                    "true",
                    "false",
                    "cat",
                    "echo",
                    "seq",
                    "dd",
                    "yes",
                    "kill",
                    "ps",
                    "setsid",
                    "sha256sum",
                    "stty",
                    "head",
                    "touch",
                    "grep",
                    "readlink",
                    "id",
                    "hostname",
                    "wc",
                    "mkdir",
                    "rm",
                    "stat",
                    "tty",
                    "cut",
                    "ls");

    private final Path directory;
    private final Path rootfs;
    private int count;

    private TestFiles(Path directory) {
        this.directory = directory;
        this.rootfs = directory.resolve("busybox");
    }

    static TestFiles make() throws IOException {
        Machine.assumeCapable();
        TestFiles files = new TestFiles(Files.createTempDirectory(Path.of("/tmp"), "carafe-it-"));
        for (String name : List.of("bin", "proc", "sys", "dev", "tmp")) {
            Files.createDirectories(files.rootfs.resolve(name));
        }
        Path busybox = files.rootfs.resolve("bin/busybox");
        Files.copy(Machine.busybox(), busybox);
        Files.setPosixFilePermissions(busybox, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String tool : TOOLS) {
            Files.createSymbolicLink(files.rootfs.resolve("bin/" + tool), Path.of("busybox"));
        }
        return files;
    }

    Path rootfs() {
        return rootfs;
    }

    Path newDirectory() throws IOException {
        count++;
        return Files.createDirectory(
                directory.resolve(Integer.toString(count)),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    @Override
    public void close() throws IOException {
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path visited, @org.jspecify.annotations.Nullable IOException e)
                            throws IOException {
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
