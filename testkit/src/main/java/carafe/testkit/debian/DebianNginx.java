package carafe.testkit.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Debian's nginx as a tree for an image. The package is only unpacked: installing it would start a
 * server on this machine.
 */
final class DebianNginx {
    private final Path program;
    private final Path scratch;

    private DebianNginx(Path program, Path scratch) {
        this.program = program;
        this.scratch = scratch;
    }

    /**
     * Fetches the package with apt, unless nginx is installed.
     *
     * @param scratch an existing directory, where the package goes
     * @throws IOException when apt cannot fetch it
     */
    static DebianNginx fetch(Path scratch) throws IOException, InterruptedException {
        Path installed = Path.of("/usr/sbin/nginx");
        if (Files.isExecutable(installed)) {
            return new DebianNginx(installed, scratch);
        }
        Path dir = Files.createTempDirectory(scratch, "nginx-package");
        Command.run(
                scratch,
                List.of("sh", "-c", "cd \"$0\" && apt-get -qq download nginx", dir.toString()));
        try (Stream<Path> files = Files.list(dir)) {
            Path archive =
                    files.filter(file -> file.toString().endsWith(".deb"))
                            .findFirst()
                            .orElseThrow(() -> new IOException("apt fetched no nginx to " + dir));
            Path unpacked = dir.resolve("unpacked");
            Command.run(
                    scratch, List.of("dpkg-deb", "-x", archive.toString(), unpacked.toString()));
            return new DebianNginx(unpacked.resolve("usr/sbin/nginx"), scratch);
        }
    }

    /** Writes the program, its libraries, its configuration and one page. */
    void write(Path tree, int port) throws IOException, InterruptedException {
        Command.run(scratch, List.of("chmod", "755", tree.toString()));
        DebianPrograms.copy(program, tree.resolve("usr/sbin/nginx"), tree, scratch);
        for (String dir : List.of("etc/nginx", "var/log/nginx", "var/lib/nginx", "srv")) {
            Files.createDirectories(tree.resolve(dir));
        }
        Files.createSymbolicLink(tree.resolve("var/run"), Path.of("/run"));
        Files.writeString(tree.resolve("srv/index.html"), "<h1>Welcome to nginx!</h1>\n");
        Files.writeString(
                tree.resolve("etc/nginx/nginx.conf"),
                """
                user www-data;
                worker_processes 1;
                pid /run/nginx.pid;
                error_log /dev/stderr;
                events {}
                http {
                    access_log /dev/stdout;
                    server { listen %d; root /srv; }
                }
                """
                        .formatted(port));
    }
}
